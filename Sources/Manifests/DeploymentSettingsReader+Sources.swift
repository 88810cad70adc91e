// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is served and from where: read only where the document stands alone.
///
/// Beside a model these keys have nothing to say, since the model lies there; they are refused.
extension DeploymentSettingsReader {
    /// Keys of `model`.
    static let modelKeys = [
        "name", "version", "path", "type", "flavors", "stage", "description", "tags",
        "properties", "datastore",
    ]
    /// Keys of `code_configuration`.
    static let codeKeys = ["code", "scoring_script"]

    /// A key that says what is served.
    mutating func readSource(_ entry: YAMLEntry) {
        guard let folder else {
            if entry.key == "model" { return checkModel(entry.value) }
            guard !entry.value.isNull else { return }
            values.refuseUnsupported(
                entry,
                remedy: "remove it: without it the model is served from its own directory; or "
                    + "serve the document alone with 'scorekeeper deploy -f'"
            )
            return
        }
        guard !entry.value.isNull else { return }
        switch entry.key {
        case "model": readModel(entry.value, in: folder)
        case "code_configuration": readCode(entry.value, in: folder)
        default: readEnvironment(entry.value, in: folder)
        }
    }

    // MARK: - The model

    private mutating func readModel(_ node: YAMLNode, in folder: String) {
        if let text = node.text {
            manifest.model = path(text, node, in: folder, of: "model")
            return
        }
        for entry in values.entries(node, "model") where !Self.modelKeys.contains(entry.key) {
            values.refuseUnknown(entry, among: Self.modelKeys, in: "'model'")
        }
        guard node.entries != nil else { return }
        if let type = node["type"], !type.isNull {
            switch type.text {
            case "mlflow_model": manifest.isMLflow = true
            case "custom_model": break
            case "triton_model":
                values.refuse(
                    "triton",
                    "'model.type' is 'triton_model', which is not served yet",
                    "save the model with MLflow, or write a scorer for it",
                    type
                )
            default:
                _ = values.word(type, "model.type", ["custom_model": 0, "mlflow_model": 1])
            }
        }
        guard let written = node["path"], !written.isNull else {
            values.refuse(
                "modelPath",
                "'model' has no 'path'",
                "write the path of the model's folder or file: there is no registry here",
                node
            )
            return
        }
        guard let text = values.text(written, "model.path") else { return }
        manifest.model = path(text, written, in: folder, of: "model.path")
    }

    // MARK: - The code

    private mutating func readCode(_ node: YAMLNode, in folder: String) {
        for entry in values.entries(node, "code_configuration")
        where !Self.codeKeys.contains(entry.key) {
            values.refuseUnknown(entry, among: Self.codeKeys, in: "'code_configuration'")
        }
        guard node.entries != nil else { return }
        let code = required("code", of: node, "write the folder that the script lies in")
        let script = required("scoring_script", of: node, "write the script's name in the folder")
        guard let code, let script, let text = code.text, let name = script.text,
            let source = path(text, code, in: folder, of: "code_configuration.code")
        else { return }
        do throws(RelativePath.Refusal) {
            let relative = try RelativePath(name)
            guard relative.text.hasSuffix(".py") else {
                values.refuse(
                    "scoringScript",
                    "'scoring_script' is '\(name.excerpt)', which is no Python file",
                    "name the file that defines init() and run(), as 'score.py'",
                    script
                )
                return
            }
            manifest.code = DeploymentManifest.Code(
                folder: source,
                script: relative.text,
                location: script.location
            )
        } catch {
            values.refuse(
                "scoringScript",
                "'scoring_script' is '\(name.excerpt)', which \(error.reason)",
                "name a file inside 'code'",
                script
            )
        }
    }

    private mutating func required(
        _ key: String,
        of node: YAMLNode,
        _ remedy: String
    ) -> YAMLNode? {
        guard let value = node[key], !value.isNull else {
            values.refuse("missingKey", "'code_configuration' has no '\(key)'", remedy, node)
            return nil
        }
        return values.text(value, "code_configuration.\(key)") == nil ? nil : value
    }

    // MARK: - The program

    /// The command of `scorekeeper.scorer`.
    mutating func readProgram(_ entry: YAMLEntry) {
        guard let folder else {
            values.refuseUnsupported(
                entry,
                remedy: "remove it, or serve the document alone with 'scorekeeper deploy -f' or "
                    + "the program with 'scorekeeper deploy --scorer PROGRAM'"
            )
            return
        }
        guard let text = values.text(entry.value, entry.key) else { return }
        do throws(ShellWords.Fault) {
            let words = try ShellWords.split(text)
            guard let program = words.first, !program.isEmpty else {
                values.refuse(
                    "scorerCommand",
                    "'\(entry.key)' names no program",
                    "write the program's path and its arguments, as './my-scorer --flag'",
                    entry.value
                )
                return
            }
            guard let path = path(program, entry.value, in: folder, of: entry.key) else { return }
            manifest.program = DeploymentManifest.Program(
                path: path,
                arguments: Array(words.dropFirst())
            )
        } catch {
            values.refuse(
                "scorerCommand",
                "cannot read '\(entry.key)': \(error.reason)",
                error.remedy,
                entry.value
            )
        }
    }

    // MARK: - Paths

    /// A path that is counted from the document's folder; an address is refused.
    mutating func path(
        _ text: String,
        _ node: YAMLNode,
        in folder: String,
        of key: String
    ) -> DeploymentManifest.Path? {
        let isAddress =
            text.contains("://") || text.hasPrefix("azureml:")
            || ["models:", "runs:", "file:"].contains { text.hasPrefix($0) }
        guard !isAddress else {
            values.refuse(
                "address",
                "'\(key)' is '\(text.excerpt)', an address, and what is served is taken from this "
                    + "machine",
                "download it and write its path, counted from the document's folder",
                node
            )
            return nil
        }
        guard !text.unicodeScalars.contains(where: TextCheck.isControl), text.utf8.count <= 4_096
        else {
            values.refuse("path", "'\(key)' is no path", "write a plain one", node)
            return nil
        }
        return DeploymentManifest.Path(
            written: text,
            path: Self.resolve(text, in: folder),
            location: node.location
        )
    }

    /// Where `text` leads from `folder`, without the steps that lead nowhere.
    static func resolve(_ text: String, in folder: String) -> String {
        let steps = text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        if text.hasPrefix("/") { return "/" + steps }
        if steps.isEmpty { return folder.isEmpty ? "." : folder }
        return folder.isEmpty || folder == "." ? steps : "\(folder)/\(steps)"
    }
}
