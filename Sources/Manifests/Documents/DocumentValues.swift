// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads the values of a document that a person wrote, and keeps what is found on the way.
///
/// For a value that is not what its key wants, each reader answers nothing and refuses it with its
/// place and what to write instead.
struct DocumentValues {
    /// What was found so far.
    var findings = Findings()

    /// The entries of a mapping; none for null.
    mutating func entries(_ node: YAMLNode, _ key: String) -> [YAMLEntry] {
        guard !node.isNull else { return [] }
        guard let entries = node.entries else {
            refuse("notAMapping", "'\(key)' is \(node.kind)", "write keys and values", node)
            return []
        }
        return entries
    }

    /// A text of at least one character.
    mutating func text(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = node.text, !text.isEmpty else {
            refuse("notAText", "'\(key)' is \(node.kind)", "write a text or remove it", node)
            return nil
        }
        return text
    }

    /// A name that keeps the rule for its kind.
    mutating func name<Name: AzureName>(
        _ node: YAMLNode,
        _ key: String,
        _ type: Name.Type
    ) -> Name? {
        guard let text = text(node, key) else { return nil }
        guard let name = Name(text) else {
            refuse(
                "name",
                "'\(key)' is '\(text.excerpt)', which breaks the rule for names",
                "write \(Name.rule)",
                node
            )
            return nil
        }
        return name
    }

    /// A whole number; in quotes only where it `isQuotable`, because Azure's properties are text.
    mutating func integer(
        _ node: YAMLNode,
        _ key: String,
        in range: ClosedRange<Int>,
        isQuotable: Bool = false
    ) -> Int? {
        let scalar = node.scalar.map { isQuotable ? $0.unquoted : $0 }
        guard let value = scalar?.integer, range.contains(value) else {
            let isText = scalar?.integer == nil && scalar?.unquoted.integer != nil
            refuse(
                "range",
                "'\(key)' is \(isText ? "the text " : "")\(node.kind)",
                "write a whole number from \(range.lowerBound) to \(range.upperBound)"
                    + (isText ? ", without quotes" : ""),
                node
            )
            return nil
        }
        return value
    }

    /// True or false; nothing for null.
    mutating func boolean(_ node: YAMLNode, _ key: String) -> Bool? {
        guard !node.isNull else { return nil }
        guard let value = node.scalar?.boolean else {
            refuse("notABoolean", "'\(key)' is \(node.kind)", "write true or false", node)
            return nil
        }
        return value
    }

    /// One of a few words; the remedy names them all in order.
    mutating func word<Value>(
        _ node: YAMLNode,
        _ key: String,
        _ words: [String: Value]
    ) -> Value? {
        if let text = node.text, let value = words[text] { return value }
        let known = words.keys.sorted().map { "'\($0)'" }.joined(separator: " or ")
        refuse("word", "'\(key)' is \(node.kind)", "write \(known)", node)
        return nil
    }

    /// One of a type's words.
    mutating func word<Value: CaseIterable & RawRepresentable<String>>(
        _ node: YAMLNode,
        _ key: String,
        _ type: Value.Type
    ) -> Value? {
        let words = Value.allCases.map { ($0.rawValue, $0) }
        return word(node, key, Dictionary(uniqueKeysWithValues: words))
    }

    // MARK: - Refusals

    /// Refuses a value.
    mutating func refuse(_ code: String, _ what: String, _ remedy: String, _ node: YAMLNode) {
        findings.refuse(code, what, remedy, at: node.location)
    }

    /// Refuses a key that nobody knows, with the nearest of those that are known.
    mutating func refuseUnknown(_ entry: YAMLEntry, among known: [String], in place: String) {
        // Looking for the nearest takes long enough for a document of nothing but such keys to hold
        // up whoever reads it.
        let nearest = findings.isFull ? nil : NearestWord.of(entry.key, among: known)
        findings.refuse(
            "unknownKey",
            "\(place) has no key '\(entry.key.excerpt)'",
            nearest.map { "did you mean '\($0)'?" } ?? "remove it",
            at: entry.location
        )
    }

    /// Refuses a key that is known and would be a lie if it were passed over.
    mutating func refuseUnsupported(_ entry: YAMLEntry, remedy: String = "remove it") {
        findings.add(
            Problem(
                .unsupported,
                code: "notSupported",
                what: "'\(entry.key)' is not supported yet",
                remedy: remedy,
                location: entry.location
            )
        )
    }

    /// Tells that a key is known and changes nothing.
    ///
    /// Shape: `consequence` is a clause that says what holds instead.
    mutating func noteUnused(_ entry: YAMLEntry, _ consequence: String = "") {
        let what = "'\(entry.key)' is accepted and not used yet"
        let text = consequence.isEmpty ? what : "\(what): \(consequence)"
        findings.note("notUsed", text, at: entry.location)
    }
}
