// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Vocabulary

/// What a person asked for: one deployment as it should be.
///
/// The document is the caller's own JSON; the ledger keeps it and never looks inside.
public struct Declaration: Hashable, Sendable {
    /// The deployment that is declared.
    public let key: DeploymentKey
    /// Which revision of it this is.
    public let revision: Revision
    /// The whole of what was asked for, as JSON.
    public let document: String
    /// When it was asked for, by the wall clock.
    public let declaredAt: Date

    /// Makes a declaration.
    public init(key: DeploymentKey, revision: Revision, document: String, declaredAt: Date) {
        self.key = key
        self.revision = revision
        self.document = document
        self.declaredAt = declaredAt
    }

    /// Makes a declaration whose document is `value` as JSON with sorted keys.
    ///
    /// Errors: whatever encoding `value` throws.
    public init(
        key: DeploymentKey,
        revision: Revision,
        encoding value: some Encodable,
        declaredAt: Date
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            key: key,
            revision: revision,
            document: String(decoding: try encoder.encode(value), as: UTF8.self),
            declaredAt: declaredAt
        )
    }

    /// Reads the document back.
    ///
    /// Errors: `DecodingError` where the document is not a `Value`.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(document.utf8))
    }
}
