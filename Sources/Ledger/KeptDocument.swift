// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Something declared by name that is no deployment: an endpoint, a registered model or environment.
///
/// The text is the caller's own JSON; the ledger keeps it and never looks inside.
public struct KeptDocument: Hashable, Sendable {
    /// Which document it is; at most one is kept of each.
    public struct ID: Hashable, Sendable {
        /// What kind of thing it is about, for example `endpoint`.
        public let kind: String
        /// Its name.
        public let name: String
        /// Its version; empty where it has none.
        public let version: String

        /// Makes an identity.
        public init(kind: String, name: String, version: String = "") {
            self.kind = kind
            self.name = name
            self.version = version
        }
    }

    /// Which document it is.
    public let id: ID
    /// The whole of it, as JSON.
    public let text: String
    /// When it was declared, by the wall clock.
    public let declaredAt: Date

    /// Makes a document.
    public init(id: ID, text: String, declaredAt: Date) {
        self.id = id
        self.text = text
        self.declaredAt = declaredAt
    }

    /// Makes a document whose text is `value` as JSON with sorted keys.
    ///
    /// Errors: whatever encoding `value` throws.
    public init(id: ID, encoding value: some Encodable, declaredAt: Date) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        self.init(id: id, text: text, declaredAt: declaredAt)
    }

    /// Reads the text back.
    ///
    /// Errors: `DecodingError` where the text is not a `Value`.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
