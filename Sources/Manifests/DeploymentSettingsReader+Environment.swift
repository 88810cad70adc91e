// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a script must have installed: the name of a curated environment, or one written inline.
extension DeploymentSettingsReader {
    /// Keys of an inline environment.
    static let environmentKeys = [
        "name", "version", "image", "build", "conda_file", "inference_config", "os_type",
        "description", "tags", "properties", "datastore",
    ]

    mutating func readEnvironment(_ node: YAMLNode, in folder: String) {
        if let text = node.text {
            readEnvironmentName(text, node)
            return
        }
        for entry in values.entries(node, "environment") {
            readEnvironmentKey(entry)
        }
        guard node.entries != nil else { return }
        guard let conda = node["conda_file"], !conda.isNull else {
            refuseWithoutConda(node)
            return
        }
        if let image = node["image"], !image.isNull {
            values.findings.note(
                "imageNotUsed",
                "the image is not used: the environment is built from 'conda_file' alone, on this "
                    + "machine's own system",
                at: image.location
            )
        }
        guard let reading = readConda(conda, in: folder) else { return }
        values.findings.add(reading.findings)
        if let definition = reading.value {
            manifest.environment = .defined(definition, node.location)
        }
    }

    private mutating func readEnvironmentName(_ text: String, _ node: YAMLNode) {
        if let name = EnvironmentName(text) {
            manifest.environment = .named(name, node.location)
            return
        }
        values.refuse(
            "environment",
            text.hasPrefix("azureml://")
                ? "'environment' is '\(text.excerpt)', and there is no registry here"
                : "'environment' is '\(text.excerpt)', which names no environment",
            "write 'azureml:NAME@latest' for a curated one, or a mapping with 'conda_file'",
            node
        )
    }

    private mutating func readEnvironmentKey(_ entry: YAMLEntry) {
        let isSet = !entry.value.isNull
        switch entry.key {
        case "build" where isSet:
            values.refuseUnsupported(
                entry,
                remedy: "no image is built here: name the packages in 'conda_file' instead"
            )
        case "inference_config" where isSet:
            values.refuseUnsupported(
                entry,
                remedy: "remove it: a script's routes are /score, /swagger.json and /"
            )
        case "os_type":
            if let type = entry.value.text, type.lowercased() != "linux" {
                values.refuse(
                    "osType",
                    "'environment.os_type' is '\(type.excerpt)'",
                    "remove it: everything runs on Linux",
                    entry.value
                )
            }
        case _ where Self.environmentKeys.contains(entry.key): return
        case "channels", "dependencies":
            values.findings.refuse(
                "misplacedKey",
                "'environment' has no key '\(entry.key)'",
                "write it under 'conda_file'",
                at: entry.location
            )
        default:
            values.refuseUnknown(entry, among: Self.environmentKeys, in: "'environment'")
        }
    }

    private mutating func refuseWithoutConda(_ node: YAMLNode) {
        if let image = node["image"], !image.isNull {
            values.findings.add(
                Problem(
                    .unsupported,
                    code: "imageAlone",
                    what: "'environment' is an image, and none is run here",
                    remedy: "name the packages in 'conda_file', or take a curated environment",
                    location: image.location
                )
            )
        } else if node["build"]?.isNull ?? true {
            values.refuse(
                "environment",
                "'environment' has no 'conda_file'",
                "write a path or the packages themselves there, or name a curated environment as "
                    + "'azureml:NAME@latest'",
                node
            )
        }
    }

    private mutating func readConda(
        _ node: YAMLNode,
        in folder: String
    ) -> Reading<EnvironmentDefinition>? {
        guard node.entries == nil else {
            return EnvironmentDefinitionReader.read(
                conda: node,
                in: ModelDirectory(path: folder.isEmpty ? "." : folder)
            )
        }
        guard let text = values.text(node, "conda_file"),
            let file = path(text, node, in: folder, of: "conda_file")
        else { return nil }
        let name = RelativePath.lastComponent(of: file.path)
        let above = String(file.path.dropLast(name.count))
        return EnvironmentDefinitionReader.read(
            condaFile: name,
            in: ModelDirectory(path: above.isEmpty ? "." : above),
            askedAt: node.location
        )
    }
}
