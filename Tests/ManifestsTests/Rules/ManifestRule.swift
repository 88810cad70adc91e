// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

/// One rule of the documents, with a document that breaks it and nothing else.
struct ManifestRule: Sendable, CustomTestStringConvertible {
    /// The kind of document.
    let kind: ManifestKind
    /// The field that it is about.
    let field: String
    /// What it says.
    let rule: String
    /// The document that breaks it.
    let document: String
    /// What must be told: `code line:column`.
    let place: String
    /// A part of the advice.
    let advice: String

    /// Makes a rule; its document is a whole one of its kind, and `broken` after it.
    init(
        _ kind: ManifestKind,
        _ field: String,
        _ rule: String,
        _ broken: String,
        _ place: String,
        _ advice: String
    ) {
        self.init(kind, field, rule, whole: Self.base(kind) + broken + "\n", place, advice)
    }

    /// Makes a rule with a document of its own.
    init(
        _ kind: ManifestKind,
        _ field: String,
        _ rule: String,
        whole document: String,
        _ place: String,
        _ advice: String
    ) {
        self.kind = kind
        self.field = field
        self.rule = rule
        self.document = document
        self.place = place
        self.advice = advice
    }

    var testDescription: String { "\(kind.schemaName), \(field): \(rule)" }

    /// The shortest document of its kind that breaks nothing.
    static func base(_ kind: ManifestKind) -> String {
        switch kind {
        case .endpoint: "name: iris\n"
        case .deployment:
            "name: blue\nendpoint_name: iris\nmodel: ./iris\n"
                + "egress_public_network_access: disabled\n"
        case .model: "name: iris\npath: ./iris\n"
        case .environment: "name: mine\nconda_file: {dependencies: [python=3.11]}\n"
        }
    }

    /// The tables, by the name of the constant that holds them.
    private static let tables: [(name: String, rules: [ManifestRule])] = [
        ("endpoint", endpoint), ("deployment", deployment), ("serving", serving),
        ("requests", requests), ("properties", properties), ("model", model),
        ("environment", environment),
    ]

    /// All of them, in the order of the page.
    static let all = tables.flatMap(\.rules)

    /// The table that it stands in, and its place there: what a failing test shows.
    static let tests = tables.flatMap { table in
        table.rules.indices.map { "ManifestRule.\(table.name)[\($0)]" }
    }
}
