// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `An MLmodel file` {
    private func read(_ text: String) -> Reading<ModelDescription> {
        ModelDescriptionReader.read(Array(text.utf8), file: "MLmodel")
    }

    private func refused(_ text: String) -> [String] { places(read(text).findings) }

    private let head = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"

    @Test func `as MLflow saves it for scikit-learn, is understood whole`() throws {
        let text = try #require(savedModel("iris").files["MLmodel"])

        let model = try read(text).get()

        #expect(model.flavors == ["python_function", "sklearn"])
        #expect(model.loaderModule == "mlflow.sklearn")
        #expect(model.pythonVersion == PythonVersion(major: 3, minor: 11, patch: 2))
        #expect(model.environmentFiles.virtualenv == "python_env.yaml")
        #expect(model.predictFunction == "predict")
        #expect(model.mlflowVersion == "3.17.2")
        #expect(model.inputExample?.servingPath == "serving_input_example.json")
        #expect(
            model.requiredFiles.map(\.path) == [
                "MLmodel", "conda.yaml", "input_example.json", "model.skops", "python_env.yaml",
                "serving_input_example.json",
            ]
        )
        #expect(
            model.signature?.inputs?.description
                == "4 columns: sepal length (cm) (double), sepal width (cm) (double), "
                + "petal length (cm) (double), petal width (cm) (double)"
        )
        #expect(model.signature?.outputs?.description == "1 tensor: int64[-1]")
    }

    @Test func `as MLflow saves it for tensors, parameters and artifacts, is understood whole`()
        throws
    {
        let text = try #require(savedModel("tensor").files["MLmodel"])

        let model = try read(text).get()

        #expect(model.configurationKeys == ["depth"])
        #expect(model.isStreamable == false)
        #expect(model.requiredFiles.map(\.path).contains("artifacts/art.txt"))
        #expect(model.signature?.inputs?.description == "1 tensor: image float32[-1, 28, 28]")
        #expect(model.signature?.parameters.map(\.name) == ["temperature", "stop"])
        #expect(model.signature?.parameters.map(\.defaultValue) == ["0.5", "[\"a\"]"])
        #expect(model.signature?.parameters.map(\.isList) == [false, true])
    }

    @Test func `as MLflow saves it for nested columns, is understood whole`() throws {
        let text = try #require(savedModel("nested").files["MLmodel"])

        let model = try read(text).get()

        #expect(
            model.signature?.inputs?.description
                == "3 columns: tags (list of string), thing (object {a: long, b: list of double?}),"
                + " when (datetime, optional)"
        )
    }

    @Test func `from before MLflow 2, names its conda file alone`() throws {
        let model = try read(head + "    env: conda.yaml\n    data: model.pkl\n").get()

        #expect(model.environmentFiles.conda == "conda.yaml")
        #expect(model.environmentFiles.virtualenv == nil)
        #expect(model.data == "model.pkl")
    }

    @Test func `names the modules that may be imported before the model is there`() throws {
        let own = "flavors:\n  python_function:\n    loader_module: my_loader\n"
        let saved = try #require(savedModel("iris").files["MLmodel"])

        #expect(
            try read(saved).get().importableModules
                == ["mlflow.pyfunc", "mlflow.sklearn", "sklearn"]
        )
        #expect(try read(own).get().importableModules == ["mlflow.pyfunc"])
    }

    @Test func `with keys that nobody knows, is read all the same`() throws {
        let model = try read(head + "    shiny: {new: 1}\nfuture: [1]\n").get()

        #expect(model.loaderModule == "mlflow.sklearn")
    }

    @Test func `saved as code, keeps only the name of its author's path`() throws {
        let model = try read(head + "    model_code_path: /home/ann/work/agent.py\n").get()

        #expect(model.modelCodePath == "agent.py")
        #expect(model.requiredFiles.map(\.path) == ["MLmodel", "agent.py"])
    }

    @Test func `row 32, without flavors, is refused`() {
        #expect(refused("run_id: x\n") == ["noFlavors 1:1"])
        #expect(refused("flavors: {}\n") == ["noFlavors 1:10"])
        #expect(refused("flavors: [a]\n") == ["noFlavors 1:10"])
        #expect(refused("- a\n") == ["notAMapping 1:1"])
    }

    @Test func `row 32, without python_function, is refused and its flavors are told`() {
        let reading = read("flavors:\n  onnx:\n    data: model.onnx\n  spark: {}\n")

        #expect(places(reading.findings) == ["noPythonFunction 2:3"])
        #expect(reading.findings.problems.first?.what.contains("only 'onnx', 'spark'") == true)
    }

    @Test func `row 32, with a path that leads out, is refused at each of them`() {
        let text =
            head + "    data: ../other\n    code: /etc\n    env: {conda: a/../../b}\n"
            + "    artifacts: {w: {path: s3://bucket/x, uri: anything}}\n"

        #expect(
            refused(text) == [
                "pathEscapes 4:11", "pathEscapes 5:11", "pathEscapes 7:27", "pathEscapes 6:18",
            ]
        )
    }

    @Test func `row 32, with a loader that no module is called, is refused`() {
        for loader in ["os; import x", "a..b", "1a", "''", "../x", "a b"] {
            let text = "flavors:\n  python_function:\n    loader_module: \(loader)\n"
            #expect(refused(text) == ["loaderModule 3:20"])
        }
        #expect(refused("flavors:\n  python_function: {}\n") == ["noLoaderModule 2:3"])
    }

    @Test func `row 32, with a signature that is no JSON, is refused with the character`() {
        let reading = read(head + "signature:\n  inputs: '[{\"type\": \"double\",]'\n")

        #expect(places(reading.findings) == ["signature 5:11"])
        #expect(reading.findings.problems.first?.what.contains("character 20") == true)
    }

    @Test func `row 32, with ten thousand columns, is read`() throws {
        let columns = (0..<10_000).map { "{\"type\": \"double\", \"name\": \"c\($0)\"}" }
        let text = head + "signature:\n  inputs: '[" + columns.joined(separator: ", ") + "]'\n"

        let model = try read(text).get()

        #expect(model.signature?.inputs?.description.hasSuffix("and 9992 more") == true)
    }

    @Test(arguments: [
        "[]", "{}", "[1]", "[{\"type\": \"complex\"}]", "[{\"type\": \"array\"}]",
        "[{\"type\": \"double\"}, {\"type\": \"double\", \"name\": \"a\"}]",
        "[{\"type\": \"double\", \"required\": false}]",
        "[{\"type\": \"double\", \"name\": \"a\"}, {\"type\": \"tensor\", \"name\": \"b\", "
            + "\"tensor-spec\": {\"dtype\": \"float32\", \"shape\": [-1]}}]",
        "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float33x\", \"shape\": [-1]}}]",
        "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\", \"shape\": [-2]}}]",
        "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\", \"shape\": [1.5]}}]",
        "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\"}}]",
    ])
    func `with a signature that MLflow could not load, is refused`(_ inputs: String) {
        #expect(refused(head + "signature:\n  inputs: '\(inputs)'\n") == ["signature 5:11"])
    }

    @Test func `never brings the reader down, whatever its bytes are`() throws {
        let seeds = try ["iris", "tensor", "nested"].map {
            try #require(savedModel($0).files["MLmodel"])
        }
        var random = Mutations(seed: 11)
        for round in 0..<900 {
            let bytes = random.mutated(Array(seeds[round % 3].utf8))
            let reading = ModelDescriptionReader.read(bytes, file: "MLmodel")
            #expect((reading.value == nil) == !reading.findings.isClean)
        }
    }
}
