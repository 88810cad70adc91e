// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What several kinds of documents have in common.
extension DocumentValues {
    /// Checks that `$schema` names the kind that is read.
    mutating func schema(_ node: YAMLNode, of kind: ManifestKind) {
        guard let text = text(node, "$schema"), ManifestKind(schema: text) != kind else { return }
        refuse(
            "schema",
            "'$schema' names another kind of document: '\(text.excerpt)'",
            "write a \(kind.schemaName)",
            node
        )
    }

    /// Texts under names that anyone may choose: `tags`.
    mutating func texts(_ node: YAMLNode, _ key: String) -> [String: String] {
        var texts: [String: String] = [:]
        for entry in entries(node, key) {
            if let text = label(entry, of: key) { texts[entry.key] = text }
        }
        return texts
    }

    /// One of such texts; a number keeps the words it was written with.
    mutating func label(_ entry: YAMLEntry, of key: String) -> String? {
        guard let scalar = entry.value.scalar else {
            refuse(
                "notAText",
                "'\(key).\(entry.key.excerpt)' is \(entry.value.kind)",
                "write a text or remove it",
                entry.value
            )
            return nil
        }
        return scalar.isNull ? "" : scalar.text
    }

    /// One of Azure's words, which its tools take in any case.
    mutating func azureWord<Value>(
        _ node: YAMLNode,
        _ key: String,
        _ words: [String: Value]
    ) -> Value? {
        if let text = node.text, let value = words[text.lowercased()] { return value }
        return word(node, key, words)
    }

    /// One of a type's words, in any case.
    mutating func azureWord<Value: CaseIterable & RawRepresentable<String>>(
        _ node: YAMLNode,
        _ key: String,
        _ type: Value.Type
    ) -> Value? {
        let words = Value.allCases.map { ($0.rawValue, $0) }
        return azureWord(node, key, Dictionary(uniqueKeysWithValues: words))
    }

    /// An identity of Azure's: read, and told that nobody here has one.
    mutating func identity(_ entry: YAMLEntry) {
        let known = ["type", "user_assigned_identities", "principal_id", "tenant_id"]
        for part in entries(entry.value, entry.key) where !known.contains(part.key) {
            refuseUnknown(part, among: known, in: "'identity'")
        }
        guard entry.value.entries != nil else { return }
        guard let type = entry.value["type"], !type.isNull else {
            refuse(
                "missingKey",
                "'identity' has no 'type'",
                "write 'system_assigned' or 'user_assigned'",
                entry.value
            )
            return
        }
        let isOwn = azureWord(
            type,
            "identity.type",
            ["system_assigned": false, "user_assigned": true]
        )
        guard let isOwn else { return }
        let assigned = entry.value["user_assigned_identities"]
        let isNamed = !(assigned?.isNull ?? true)
        if isOwn != isNamed {
            refuse(
                "identity",
                isOwn
                    ? "'identity.type' is 'user_assigned', and no identity is named"
                    : "'identity.type' is 'system_assigned', and identities are named besides",
                isOwn
                    ? "write 'user_assigned_identities' and a list of 'resource_id'"
                    : "remove 'user_assigned_identities', or write 'user_assigned'",
                isOwn ? type : assigned ?? type
            )
            return
        }
        if let assigned, isNamed { assignedIdentities(assigned) }
        noteUnused(entry, "nothing here speaks for an identity of Azure's")
    }

    private mutating func assignedIdentities(_ node: YAMLNode) {
        let known = ["resource_id", "client_id", "principal_id"]
        let elements = node.elements ?? []
        for part in elements.flatMap({ $0.entries ?? [] }) where !known.contains(part.key) {
            refuseUnknown(part, among: known, in: "'user_assigned_identities'")
        }
        let isWhole = !elements.isEmpty && elements.allSatisfy { $0["resource_id"]?.text != nil }
        guard !isWhole else { return }
        refuse(
            "identity",
            "'user_assigned_identities' is no list of identities",
            "write a list of mappings with 'resource_id'",
            node
        )
    }

    // MARK: - Refusals

    /// Refuses a key that belongs elsewhere.
    mutating func refuseMisplaced(_ entry: YAMLEntry, _ remedy: String, in place: String) {
        findings.refuse(
            "misplacedKey",
            "\(place) has no key '\(entry.key)'",
            remedy,
            at: entry.location
        )
    }

    /// Refuses a property that begins as ours do, or nearly, and is none; true where it did.
    ///
    /// Azure's properties are anyone's; only ours have a known set of names.
    mutating func refuseNearMiss(_ entry: YAMLEntry, among known: [String]) -> Bool {
        let prefix = entry.key.split(separator: ".").first.map(String.init) ?? ""
        guard NearestWord.of(prefix, among: ["scorekeeper"]) != nil else { return false }
        refuseUnknown(entry, among: known, in: "'properties'")
        return true
    }

    /// Tells that a key is one of Azure's answers.
    mutating func noteAnswered(_ entry: YAMLEntry) {
        findings.note(
            "answeredKey",
            "'\(entry.key)' is what Azure answers, and is passed over",
            at: entry.location
        )
    }
}
