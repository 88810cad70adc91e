// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The page of the rules, made of the table that the tests run.
enum RulesPage {
    /// The page.
    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Manifests/Rules.md")

    /// What must stand in it.
    static var text: String {
        var lines = [
            "# What documents must keep",
            "",
            "Documents of Azure ML's CLI (v2) as Scorekeeper reads them: managedOnlineEndpoint,",
            "managedOnlineDeployment, model and environment. Each rule has a document in",
            "`Tests/ManifestsTests/Rules` that breaks it alone; `ManifestRuleTests` reads it and checks",
            "that it is refused at its line and column, by its code, with its advice. This",
            "page is made of that table: `SCOREKEEPER_UPDATE_FIXTURES=1 swift test --filter ManifestsTests`",
            "writes it, and a test holds it to the table.",
            "",
            "Rules of YAML and JSON themselves (depth, aliases, duplicate keys, encodings) are those of",
            "`YAMLReader` and `JSONReader`; rules between documents those of `ManifestFolder`.",
            "",
            "| | Document | Field | Rule: it | Code | Test |",
            "|---|---|---|---|---|---|",
        ]
        for (index, rule) in ManifestRule.all.enumerated() {
            let code = rule.place.prefix { $0 != " " }
            let cells = [
                "\(index + 1)", rule.kind.schemaName, "`\(rule.field)`", rule.rule, "`\(code)`",
                "`\(ManifestRule.tests[index])`",
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
