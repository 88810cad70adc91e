// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Rules of what a deployment serves.
extension ManifestRule {
    private static let script = "code_configuration: {code: ., scoring_script: score.py}\n"

    static let serving: [ManifestRule] = [
        .init(
            .deployment,
            "model",
            "stands there where nothing else scores",
            whole: "name: blue\nendpoint_name: iris\n",
            "nothingToDeploy 1:1",
            "'code_configuration' for a script"
        ),
        .init(
            .deployment,
            "model",
            "names a version or @latest",
            whole: "name: blue\nmodel: azureml:iris\n",
            "referenceVersion 2:8",
            "'azureml:iris@latest'"
        ),
        .init(
            .deployment,
            "model",
            "has no label but latest",
            whole: "name: blue\nmodel: azureml:iris@newest\n",
            "label 2:8",
            "write '@latest'"
        ),
        .init(
            .deployment,
            "model",
            "names a legal name",
            whole: "name: blue\nmodel: 'azureml:my model:1'\n",
            "assetName 2:8",
            "1 to 255 letters"
        ),
        .init(
            .deployment,
            "model",
            "names a legal version",
            whole: "name: blue\nmodel: 'azureml:iris:1 2'\n",
            "assetVersion 2:8",
            "1 to 30 letters"
        ),
        .init(
            .deployment,
            "model",
            "is in no registry of Azure's",
            whole: "name: blue\nmodel: azureml://registries/azureml/models/phi/versions/1\n",
            "registryModel 2:8",
            "download it"
        ),
        .init(
            .deployment,
            "model",
            "is no address in Azure",
            whole: "name: blue\nmodel: azureml:/subscriptions/1/models/iris/versions/1\n",
            "address 2:8",
            "'azureml:NAME:VERSION'"
        ),
        .init(
            .deployment,
            "model",
            "is no address of another store",
            whole: "name: blue\nmodel: runs:/1/model\n",
            "address 2:8",
            "download it"
        ),
        .init(
            .deployment,
            "model.path",
            "stands in an inline model",
            whole: "name: blue\nmodel: {name: iris}\n",
            "modelPath 2:8",
            "counted from the document's folder"
        ),
        .init(
            .deployment,
            "model.type",
            "is no triton_model yet",
            whole: "name: blue\nmodel: {path: ., type: triton_model}\n",
            "triton 2:24",
            "save the model with MLflow"
        ),
        .init(
            .deployment,
            "model.NAME",
            "is one of the known keys",
            whole: "name: blue\nmodel: {path: ., versoin: 1}\n",
            "unknownKey 2:18",
            "did you mean 'version'?"
        ),
        .init(
            .deployment,
            "code_configuration.code",
            "stands there",
            whole: "code_configuration: {scoring_script: a.py}\nenvironment: sklearn:1\n",
            "missingKey 1:21",
            "the folder that the script lies in"
        ),
        .init(
            .deployment,
            "code_configuration.scoring_script",
            "stands there",
            whole: "code_configuration: {code: .}\nenvironment: sklearn:1\n",
            "missingKey 1:21",
            "the script's name in the folder"
        ),
        .init(
            .deployment,
            "code_configuration.scoring_script",
            "is a Python file",
            whole: "code_configuration: {code: ., scoring_script: run.sh}\n"
                + "environment: sklearn:1\n",
            "scoringScript 1:47",
            "as 'score.py'"
        ),
        .init(
            .deployment,
            "code_configuration.scoring_script",
            "lies in code",
            whole: "code_configuration: {code: ., scoring_script: ../a.py}\n"
                + "environment: sklearn:1\n",
            "scoringScript 1:47",
            "name a file inside 'code'"
        ),
        .init(
            .deployment,
            "code_configuration.NAME",
            "is one of the known keys",
            whole: "code_configuration: {code: ., scoring_script: a.py, script: x}\n"
                + "environment: sklearn:1\n",
            "unknownKey 1:53",
            "remove it"
        ),
        .init(
            .deployment,
            "environment",
            "stands beside a script",
            whole: script,
            "noEnvironment 1:1",
            "'environment: azureml:minimal-python@latest'"
        ),
        .init(
            .deployment,
            "environment",
            "is for a script alone",
            "environment: azureml:sklearn:1",
            "modelEnvironment 5:1",
            "or name the script"
        ),
        .init(
            .deployment,
            "environment",
            "names one",
            whole: script + "environment: sklearn\n",
            "environment 2:14",
            "azureml:NAME@latest"
        ),
        .init(
            .deployment,
            "environment",
            "is a whole address where it is in a registry",
            whole: script + "environment: azureml://registries/azureml/environments/sklearn\n",
            "registryAddress 2:14",
            "'labels/latest' at its end"
        ),
        .init(
            .deployment,
            "environment",
            "is no model in a registry",
            whole: script
                + "environment: azureml://registries/azureml/models/sklearn/versions/1\n",
            "registryAddress 2:14",
            "environments/NAME/versions/VERSION"
        ),
        .init(
            .deployment,
            "properties.scorekeeper.scorer",
            "stands without a script",
            whole: script + "environment: sklearn:1\nproperties: {scorekeeper.scorer: ./a}\n",
            "scriptAndProgram 3:14",
            "remove one of them"
        ),
        .init(
            .deployment,
            "properties.scorekeeper.scorer",
            "is a command",
            whole: "properties: {scorekeeper.scorer: ./a | tee}\n",
            "scorerCommand 1:34",
            ""
        ),
        .init(
            .deployment,
            "properties.scorekeeper.merge",
            "is for models",
            whole: script + "environment: sklearn:1\nproperties: {scorekeeper.merge: on}\n",
            "scriptKey 3:14",
            "remove it"
        ),
        .init(
            .deployment,
            "properties.scorekeeper.python",
            "is for Python",
            whole: "properties: {scorekeeper.scorer: ./a, scorekeeper.python: nearest}\n",
            "programKey 1:39",
            "remove one of them"
        ),
    ]
}
