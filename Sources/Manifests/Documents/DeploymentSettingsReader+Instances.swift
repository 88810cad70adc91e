// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What each instance gets, and how many there are.
extension DeploymentSettingsReader {
    mutating func readVariables(_ node: YAMLNode) {
        // Apart from the settings, which would be copied with each.
        var variables: [String: String] = [:]
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
            guard !scalar.text.contains("${{") else {
                values.findings.add(
                    Problem(
                        .unsupported,
                        code: "secretReference",
                        what:
                            "the variable '\(entry.key)' asks for a secret of Azure's, and no store "
                            + "there is asked",
                        remedy: "write its value, or the path of a file that the scorer may read",
                        location: entry.value.location
                    )
                )
                continue
            }
            variables[entry.key] = scalar.text
        }
        settings.variables = variables
    }

    private static func isVariableName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.first.map { !$0.isASCIIDigit } ?? false
            && bytes.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
    }

    mutating func readInstanceType(_ node: YAMLNode) {
        guard let text = values.text(node, "instance_type") else { return }
        guard text.utf8.count <= 64, text.utf8.allSatisfy(Self.isPlain) else {
            values.refuse(
                "instanceType",
                "'instance_type' is '\(text.excerpt)'",
                "write the name of an instance type, as 'Standard_DS3_v2'",
                node
            )
            return
        }
        settings.instanceType = WrittenName(text: text, location: node.location)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || "-_.".utf8.contains(byte)
    }

    /// Azure's managed endpoints scale by rules of Azure Monitor, never by their own document.
    mutating func readScaleSettings(_ node: YAMLNode) {
        let target = [
            "min_instances", "max_instances", "target_utilization_percentage", "polling_interval",
        ]
        guard !node.isNull else { return }
        for part in values.entries(node, "scale_settings")
        where part.key != "type" && !target.contains(part.key) {
            values.refuseUnknown(part, among: ["type"] + target, in: "'scale_settings'")
        }
        guard node.entries != nil else { return }
        let type = node["type"]?.text?.lowercased()
        guard type != "target_utilization" else {
            values.refuse(
                "scaleSettings",
                "'scale_settings' asks for scaling by load, which is not built yet",
                "write 'type: default' or remove it; 'instance_count' says how many",
                node
            )
            return
        }
        guard type == "default" else {
            values.refuse(
                "scaleSettings",
                "'scale_settings.type' is \(node["type"]?.kind ?? "missing")",
                "write 'type: default' or remove 'scale_settings'",
                node["type"] ?? node
            )
            return
        }
        for part in node.entries ?? [] where target.contains(part.key) {
            values.findings.refuse(
                "scaleSettings",
                "'scale_settings.\(part.key)' is for scaling by load, and 'type' is 'default'",
                "remove it; 'instance_count' says how many",
                at: part.location
            )
        }
    }
}
