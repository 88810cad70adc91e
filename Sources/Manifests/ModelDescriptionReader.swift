// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads an `MLmodel` file.
///
/// Keys that are not known are ignored, as MLflow does; what is known is checked. Paths must stay
/// inside the model's directory, whichever flavor names them.
public struct ModelDescriptionReader {
    /// The file's name inside a model's directory.
    public static let fileName = "MLmodel"

    /// Keys of a flavor that name a file or directory of the model.
    private static let pathKeys = [
        "data", "code", "model_path", "pickled_model", "model_data", "model_binary",
        "python_model", "saved_model_dir",
    ]

    private var findings = Findings()
    private var required: [String: Problem.Location] = [:]

    private init(file: String) {
        required[Self.fileName] = Problem.Location(file: file)
    }

    /// Reads the file's bytes; `file` is its name for messages.
    public static func read(_ bytes: [UInt8], file: String) -> Reading<ModelDescription> {
        var reader = ModelDescriptionReader(file: file)
        guard let root = YAMLReader.read(bytes, file: file, into: &reader.findings) else {
            return Reading(nil, reader.findings)
        }
        let description = reader.describe(root)
        return Reading(description, reader.findings)
    }

    private mutating func describe(_ root: YAMLNode) -> ModelDescription? {
        guard root.entries != nil else {
            findings.refuse(
                "notAMapping",
                "'MLmodel' holds \(root.kind), not keys and values",
                "save the model again with MLflow",
                at: root.location
            )
            return nil
        }
        guard let flavors = flavors(root) else { return nil }
        for flavor in flavors { collectPaths(flavor) }
        let signature = root["signature"].flatMap { readSignature($0) }
        let example = root["saved_input_example_info"].flatMap { readInputExample($0) }
        let variables = variableNames(root["env_vars"])
        let mlflowVersion = root["mlflow_version"]?.text
        guard let function = flavors.first(where: { $0.key == "python_function" }) else {
            let names = flavors.map { "'\($0.key.excerpt)'" }.joined(separator: ", ")
            findings.refuse(
                "noPythonFunction",
                "the model has no 'python_function' flavor, only \(names)",
                "save it with 'mlflow.pyfunc' or with a flavor that adds it",
                at: root["flavors"]?.location ?? root.location
            )
            return nil
        }
        let node = function.value
        guard let loader = module(node, at: function.location) else { return nil }
        let environment = environmentFiles(node["env"])
        let codePath = modelCodePath(node)
        return ModelDescription(
            flavors: flavors.map(\.key),
            loaderModule: loader,
            data: node["data"]?.text,
            code: node["code"]?.text,
            environmentFiles: environment,
            pythonVersion: node["python_version"]?.text.flatMap { PythonVersion($0) },
            configurationKeys: node["config"]?.entries?.map(\.key) ?? [],
            modelCodePath: codePath,
            predictFunction: node["predict_fn"]?.text ?? "predict",
            isStreamable: boolean(node["streamable"], "streamable") ?? false,
            signature: signature,
            inputExample: example,
            variableNames: variables,
            savedAt: root["utc_time_created"]?.text,
            mlflowVersion: mlflowVersion,
            requiredFiles: required.sorted { $0.key < $1.key }.map {
                ModelDescription.RequiredFile(path: $0.key, location: $0.value)
            }
        )
    }

    private mutating func flavors(_ root: YAMLNode) -> [YAMLEntry]? {
        guard let node = root["flavors"] else {
            findings.refuse(
                "noFlavors",
                "'MLmodel' has no 'flavors'",
                "save the model again with MLflow",
                at: root.location
            )
            return nil
        }
        guard let flavors = node.entries, !flavors.isEmpty else {
            findings.refuse(
                "noFlavors",
                "'flavors' is \(node.entries == nil ? node.kind : "empty")",
                "save the model again with MLflow",
                at: node.location
            )
            return nil
        }
        for flavor in flavors where flavor.value.entries == nil {
            findings.refuse(
                "flavorNotMapping",
                "the flavor '\(flavor.key.excerpt)' is \(flavor.value.kind)",
                "save the model again with MLflow",
                at: flavor.value.location
            )
        }
        return flavors
    }

    private mutating func readSignature(_ node: YAMLNode) -> ModelSignature? {
        var reader = ModelSignatureReader()
        let signature = reader.read(node)
        findings.add(reader.findings)
        return signature
    }

    private mutating func module(_ node: YAMLNode, at location: Problem.Location) -> String? {
        guard let field = node["loader_module"], let text = field.text else {
            findings.refuse(
                "noLoaderModule",
                "'python_function' has no 'loader_module'",
                "save the model again with MLflow",
                at: node["loader_module"]?.location ?? location
            )
            return nil
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isModule = parts.allSatisfy { part in
            guard let first = part.unicodeScalars.first else { return false }
            return (first == "_" || first.properties.isXIDStart)
                && part.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
        }
        guard isModule else {
            findings.refuse(
                "loaderModule",
                "'loader_module' is '\(text.excerpt)', which no Python module is called",
                "save the model again with MLflow",
                at: field.location
            )
            return nil
        }
        return text
    }

    private mutating func boolean(_ node: YAMLNode?, _ key: String) -> Bool? {
        guard let node, !node.isNull else { return nil }
        guard let value = node.scalar?.boolean else {
            findings.refuse(
                "notABoolean",
                "'\(key)' is \(node.kind)",
                "write true or false",
                at: node.location
            )
            return nil
        }
        return value
    }

    private mutating func environmentFiles(
        _ node: YAMLNode?
    ) -> ModelDescription.EnvironmentFiles {
        guard let node, !node.isNull else {
            return ModelDescription.EnvironmentFiles(conda: nil, virtualenv: nil)
        }
        // MLflow before 2.0 wrote the conda file's name; since then a file for each tool.
        if node.scalar != nil {
            return ModelDescription.EnvironmentFiles(
                conda: path(node, "env"),
                virtualenv: nil
            )
        }
        guard node.entries != nil else {
            findings.refuse(
                "environmentFiles",
                "'env' is \(node.kind)",
                "write the file's name, or one for 'conda' and one for 'virtualenv'",
                at: node.location
            )
            return ModelDescription.EnvironmentFiles(conda: nil, virtualenv: nil)
        }
        return ModelDescription.EnvironmentFiles(
            conda: node["conda"].flatMap { path($0, "env.conda") },
            virtualenv: node["virtualenv"].flatMap { path($0, "env.virtualenv") }
        )
    }

    /// A model saved as code keeps the path it had on its author's machine: only the name counts.
    private mutating func modelCodePath(_ node: YAMLNode) -> String? {
        guard let field = node["model_code_path"], let text = field.text else { return nil }
        let name = RelativePath.lastComponent(of: text)
        guard !name.isEmpty, name != "..", name != "." else { return nil }
        require(name, at: field.location)
        return name
    }

    private mutating func readInputExample(_ node: YAMLNode) -> ModelDescription.InputExample? {
        guard !node.isNull, let field = node["artifact_path"],
            let path = path(field, "saved_input_example_info.artifact_path")
        else { return nil }
        return ModelDescription.InputExample(
            path: path,
            servingPath: node["serving_input_path"].flatMap {
                self.path($0, "saved_input_example_info.serving_input_path")
            },
            kind: node["type"]?.text
        )
    }

    private mutating func variableNames(_ node: YAMLNode?) -> [String] {
        guard let node, !node.isNull else { return [] }
        guard let elements = node.elements else {
            findings.refuse(
                "variableNames",
                "'env_vars' is \(node.kind), not a list of names",
                "save the model again with MLflow",
                at: node.location
            )
            return []
        }
        return elements.compactMap(\.text)
    }

    private mutating func collectPaths(_ flavor: YAMLEntry) {
        for key in Self.pathKeys {
            guard let node = flavor.value[key], node.scalar != nil else { continue }
            _ = path(node, "\(flavor.key.excerpt).\(key)")
        }
        for artifact in flavor.value["artifacts"]?.entries ?? [] {
            guard let node = artifact.value["path"] else { continue }
            _ = path(node, "\(flavor.key.excerpt).artifacts.\(artifact.key.excerpt).path")
        }
    }

    private mutating func require(_ path: String, at location: Problem.Location) {
        if required[path] == nil { required[path] = location }
    }

    /// A path inside the model, which is then required; nothing for null or a refused one.
    private mutating func path(_ node: YAMLNode, _ key: String) -> String? {
        guard !node.isNull else { return nil }
        guard let text = node.text else {
            findings.refuse("path", "'\(key)' is \(node.kind), not a path", at: node.location)
            return nil
        }
        do throws(RelativePath.Refusal) {
            let path = try RelativePath(text)
            guard !path.text.isEmpty else { return "." }
            require(path.text, at: node.location)
            return path.text
        } catch {
            findings.refuse(
                "pathEscapes",
                "'\(key)' is '\(text.excerpt)', which \(error.reason)",
                "name a file inside the model's directory",
                at: node.location
            )
            return nil
        }
    }
}
