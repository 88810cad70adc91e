// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The decider's whole state at one moment, as bytes that only the decider understands.
public struct Snapshot: Hashable, Sendable {
    /// The state's bytes.
    public let bytes: Data
    /// When it was taken, by the wall clock.
    public let takenAt: Date

    /// Makes a snapshot of bytes.
    public init(bytes: Data, takenAt: Date) {
        self.bytes = bytes
        self.takenAt = takenAt
    }

    /// Makes a snapshot of `value` as JSON with sorted keys.
    ///
    /// Errors: whatever encoding `value` throws.
    public init(encoding value: some Encodable, takenAt: Date) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(bytes: try encoder.encode(value), takenAt: takenAt)
    }

    /// Reads the value back.
    ///
    /// Errors: `DecodingError` where the bytes are not a `Value`.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: bytes)
    }
}
