// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a script must have installed: the name of an environment, or one written inline.
extension DeploymentSettingsReader {
    mutating func readEnvironment(_ node: YAMLNode, in folder: String) {
        if let text = node.text {
            readEnvironmentName(text, node)
            return
        }
        let read = EnvironmentManifestReader.read(node, in: folder, isInline: true)
        values.findings.add(read.findings)
        manifest.environment = read.manifest.map { .defined($0) }
    }

    private mutating func readEnvironmentName(_ text: String, _ node: YAMLNode) {
        guard text.hasPrefix("azureml:") || text.contains(where: { $0 == ":" || $0 == "@" }) else {
            values.refuse(
                "environment",
                "'environment' is '\(text.excerpt)', which names no environment",
                "write 'azureml:NAME@latest' for a registered or curated one, or a mapping with "
                    + "'conda_file'",
                node
            )
            return
        }
        manifest.environment =
            values.reference(text, node, "environment", to: .environment).map { .reference($0) }
    }
}
