// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Rules of models and environments.
extension ManifestRule {
    static let model: [ManifestRule] = [
        .init(
            .model,
            "name",
            "stands in the document",
            whole: "path: ./iris\n",
            "noName 1:1",
            "write the model's name"
        ),
        .init(
            .model,
            "name",
            "has letters, digits, '-', '_' and '.'",
            whole: "name: my iris\npath: ./iris\n",
            "assetName 1:7",
            "1 to 255 letters"
        ),
        .init(
            .model,
            "version",
            "has letters, digits, '-', '_' and '.'",
            "version: 1/2",
            "assetVersion 3:10",
            "1 to 30 letters"
        ),
        .init(
            .model,
            "path",
            "stands in the document",
            whole: "name: iris\n",
            "modelPath 1:1",
            "the model's folder or file"
        ),
        .init(
            .model,
            "path",
            "is on this machine",
            whole: "name: iris\npath: azureml://jobs/1/outputs/artifacts/model\n",
            "address 2:7",
            "download it"
        ),
        .init(
            .model,
            "type",
            "is custom_model or mlflow_model",
            "type: onnx_model",
            "word 3:7",
            "'custom_model' or 'mlflow_model'"
        ),
        .init(
            .model,
            "type",
            "is no triton_model yet",
            "type: triton_model",
            "triton 3:7",
            "write a scorer for it"
        ),
        .init(
            .model,
            "flavors",
            "is a mapping",
            "type: mlflow_model\nflavors: sklearn",
            "notAMapping 4:10",
            "write keys and values"
        ),
        .init(
            .model,
            "flavors",
            "is for MLflow models",
            "flavors: {sklearn: {}}",
            "flavors 3:1",
            "write 'type: mlflow_model'"
        ),
        .init(
            .model,
            "stage",
            "is a text",
            "stage: [a]",
            "notAText 3:8",
            "write a text"
        ),
        .init(
            .model,
            "tags",
            "is a mapping",
            "tags: [a]",
            "notAMapping 3:7",
            "write keys and values"
        ),
        .init(
            .model,
            "$schema",
            "names the kind that is read",
            "$schema: https://x/environment.schema.json",
            "schema 3:10",
            "write a model"
        ),
        .init(
            .model,
            "(any)",
            "is one of the known keys; the nearest is named",
            "verison: 2",
            "unknownKey 3:1",
            "did you mean 'version'?"
        ),
    ]

    private static let routes =
        "liveness_route: {port: 80, path: /}, readiness_route: {port: 80, path: /}"

    static let environment: [ManifestRule] = [
        .init(
            .environment,
            "name",
            "stands in the document",
            whole: "conda_file: {dependencies: []}\n",
            "noName 1:1",
            "write the environment's name"
        ),
        .init(
            .environment,
            "version",
            "has letters, digits, '-', '_' and '.'",
            "version: ':'",
            "assetVersion 3:10",
            "1 to 30 letters"
        ),
        .init(
            .environment,
            "conda_file",
            "stands in the document",
            whole: "name: mine\n",
            "environment 1:1",
            "a path or the packages themselves"
        ),
        .init(
            .environment,
            "conda_file",
            "is there",
            whole: "name: mine\nconda_file: nowhere/conda.yaml\n",
            "missingFile 2:13",
            "counted from the document's folder"
        ),
        .init(
            .environment,
            "conda_file",
            "is on this machine",
            whole: "name: mine\nconda_file: https://x/conda.yaml\n",
            "address 2:13",
            "download it"
        ),
        .init(
            .environment,
            "conda_file.dependencies",
            "stands there",
            whole: "name: mine\nconda_file: {channels: [a]}\n",
            "missingKey 2:13",
            "write a list"
        ),
        .init(
            .environment,
            "dependencies",
            "stands under conda_file",
            "dependencies: []",
            "misplacedKey 3:1",
            "under 'conda_file'"
        ),
        .init(
            .environment,
            "image",
            "stands beside a conda_file",
            whole: "name: mine\nimage: mcr.microsoft.com/azureml/base\n",
            "imageAlone 2:8",
            "take a curated environment"
        ),
        .init(
            .environment,
            "image",
            "is one of Azure's base images",
            "image: me/mine:1",
            "foreignImage 3:8",
            "remove it"
        ),
        .init(
            .environment,
            "build",
            "is not written: no image is built",
            "build: {path: ., dockerfile_path: Dockerfile}",
            "notSupported 3:1",
            "name the packages in 'conda_file'"
        ),
        .init(
            .environment,
            "build",
            "stands without an image",
            "image: a\nbuild: {path: .}",
            "imageAndBuild 4:1",
            "remove one of them"
        ),
        .init(
            .environment,
            "inference_config",
            "is not written: it is for images",
            "inference_config: {\(routes), scoring_route: {port: 80, path: /score}}",
            "notSupported 3:1",
            "a script's routes are"
        ),
        .init(
            .environment,
            "inference_config",
            "has all three routes",
            "inference_config: {\(routes)}",
            "missingRoute 3:19",
            "'scoring_route'"
        ),
        .init(
            .environment,
            "inference_config.ROUTE.port",
            "is from 1 to 65535",
            "inference_config: {\(routes), scoring_route: {port: 0, path: /score}}",
            "range 3:117",
            "from 1 to 65535"
        ),
        .init(
            .environment,
            "inference_config.ROUTE.path",
            "begins with a slash",
            "inference_config: {\(routes), scoring_route: {port: 80, path: score}}",
            "routePath 3:127",
            "begin it with '/'"
        ),
        .init(
            .environment,
            "inference_config.ROUTE",
            "has port and path",
            "inference_config: {\(routes), scoring_route: {port: 80}}",
            "missingKey 3:110",
            "write 'port' and 'path'"
        ),
        .init(
            .environment,
            "os_type",
            "is Linux",
            "os_type: Windows",
            "osType 3:10",
            "everything runs on Linux"
        ),
        .init(
            .environment,
            "properties.NAME",
            "is a text",
            "properties: {a: [b]}",
            "notAText 3:17",
            "write a text"
        ),
        .init(
            .environment,
            "(any)",
            "is one of the known keys; the nearest is named",
            "conda_files: x",
            "unknownKey 3:1",
            "did you mean 'conda_file'?"
        ),
    ]
}
