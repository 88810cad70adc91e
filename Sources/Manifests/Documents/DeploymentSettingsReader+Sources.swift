// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is served and from where: read only where the document stands alone.
///
/// Beside a model these keys have nothing to say, since the model lies there; they are refused.
extension DeploymentSettingsReader {
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
            if text.hasPrefix("azureml:") {
                manifest.modelReference = values.reference(text, node, "model", to: .model)
            } else {
                manifest.model = values.path(text, node, in: folder, of: "model")
            }
            return
        }
        let read = ModelManifestReader.read(node, in: folder, isInline: true)
        values.findings.add(read.findings)
        manifest.inlineModel = read.manifest
        manifest.model = read.manifest?.path
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
            let source = values.path(text, code, in: folder, of: "code_configuration.code")
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
            guard
                let path = values.path(program, entry.value, in: folder, of: entry.key)
            else { return }
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
}
