// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What each instance gets, and how many there are.
extension DeploymentSettingsReader {
    mutating func readVariables(_ node: YAMLNode) {
        for entry in values.entries(node, "environment_variables") {
            guard Self.isVariableName(entry.key) else {
                values.findings.refuse(
                    "variableName",
                    "'\(entry.key.excerpt)' is no name of an environment variable",
                    "write letters, digits and '_', no digit first",
                    at: entry.location
                )
                continue
            }
            guard !entry.key.hasPrefix("SCOREKEEPER_") else {
                values.findings.refuse(
                    "variableName",
                    "'\(entry.key.excerpt)' belongs to Scorekeeper",
                    "choose another name",
                    at: entry.location
                )
                continue
            }
            guard let scalar = entry.value.scalar, !scalar.isNull else {
                values.refuse(
                    "variableValue",
                    "the variable '\(entry.key)' is \(entry.value.kind)",
                    "write a text; '\"\"' for an empty one",
                    entry.value
                )
                continue
            }
            settings.variables[entry.key] = scalar.text
        }
    }

    private static func isVariableName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.first.map { !$0.isASCIIDigit } ?? false
            && bytes.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
    }

    mutating func readInstanceType(_ node: YAMLNode) {
        guard let text = values.text(node, "instance_type") else { return }
        settings.instanceType = WrittenName(text: text, location: node.location)
    }

    mutating func readScaleSettings(_ node: YAMLNode) {
        guard !node.isNull else { return }
        guard let type = node["type"]?.text, type == "default" else {
            values.refuse(
                "scaleSettings",
                "'scale_settings' asks for scaling that is not built yet",
                "write 'type: default' or remove it; 'instance_count' says how many",
                node
            )
            return
        }
    }
}
