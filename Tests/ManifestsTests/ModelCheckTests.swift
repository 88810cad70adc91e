// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A check of a model` {
    /// A model of real MLflow with a file for each that it names.
    private func wholeModel() throws -> TextFolder {
        var folder = try savedModel("iris")
        for file in ["model.skops", "input_example.json", "serving_input_example.json"] {
            folder.files[file] = "{}"
        }
        return folder
    }

    @Test func `tells all there is to say in words`() throws {
        let check = try ModelCheck(
            folder: wholeModel(),
            name: "my_iris",
            settings: (Array("instance_count: 2\n".utf8), "my_iris.yml")
        )

        #expect(check.isServable)
        #expect(
            check.lines == [
                "model       m",
                "kind        an MLflow model",
                "endpoint    my-iris",
                "flavors     python_function, sklearn",
                "saved by    MLflow 3.17.2",
                "inputs      4 columns: sepal length (cm) (double), sepal width (cm) (double), "
                    + "petal length (cm) (double), petal width (cm) (double)",
                "outputs     1 tensor: int64[-1]",
                "example     serving_input_example.json",
                "python      =3.11.2",
                "packages    mlflow==3.17.2, numpy==2.4.6, pandas==3.1.1, scikit-learn==1.9.1, "
                    + "scipy==1.17.1, skops==0.16.0",
                "as of       2026-12-01",
                "read from   python_env.yaml, requirements.txt",
                "settings    my_iris.yml",
                "instances   2",
                "network     none",
                "notice: m: the endpoint will be called 'my-iris': 'my_iris' breaks the rule for "
                    + "names",
                "notice: my_iris.yml:1:1: the model gets no network; Azure's default is the other "
                    + "way: write 'egress_public_network_access: enabled' where it needs one",
                "it can be served; nothing was started",
            ]
        )
    }

    @Test func `takes the name that a person gave, and says nothing of the folder's`() throws {
        let zap = EndpointName("zap")

        let check = try ModelCheck(
            folder: wholeModel(),
            name: "iris.out",
            settings: nil,
            endpoint: zap
        )

        #expect(check.endpoint == zap)
        #expect(check.isServable)
        #expect(check.notices.map(\.code) == ["egressOff"])
    }

    @Test func `tells every problem of every file at once`() throws {
        var folder = try wholeModel()
        folder.files["model.skops"] = nil
        folder.files["requirements.txt"] = "mlflow\n-e .\n"

        let check = ModelCheck(
            folder: folder,
            name: "iris",
            settings: (Array("instance_count: 0\n".utf8), "iris.yml")
        )

        #expect(!check.isServable)
        #expect(places(check.problems) == ["missingFile 7:17", "editable 2:1", "range 1:17"])
        #expect(
            check.problems.map { $0.location?.file } == [
                "m/MLmodel", "m/requirements.txt", "iris.yml",
            ]
        )
        #expect(check.lines.last == "it cannot be served: 3 problems")
    }

    @Test func `tells which environment variables the model wants and does not get`() throws {
        var folder = try wholeModel()
        folder.files["MLmodel", default: ""] += "env_vars: [API_KEY, LEVEL]\n"

        let check = ModelCheck(
            folder: folder,
            name: "iris",
            settings: (Array("environment_variables: {LEVEL: a}\n".utf8), "iris.yml")
        )

        #expect(check.notices.filter { $0.code == "variableUnset" }.count == 1)
    }

    @Test func `of an address says what to do instead`() {
        for (path, word) in [
            ("models:/iris/1", "mlflow artifacts download --artifact-uri 'models:/iris/1'"),
            ("runs:/0a1b/model", "mlflow artifacts download"), ("s3://b/m", "download it"),
            ("azureml:iris:1", "az ml model download"),
        ] {
            let check = ModelCheck(path: path)
            #expect(check.problems.map(\.code) == ["address"])
            #expect(check.problems.first?.remedy.contains(word) == true)
        }
    }
}
