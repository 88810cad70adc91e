// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The decider's whole state at one moment, as earlier versions kept it.
///
/// Nothing writes one any more; it is forgotten once the state has been written piece by piece.
public struct Snapshot: Hashable, Sendable {
    /// The state's bytes.
    public let bytes: Data

    /// Reads the value back.
    ///
    /// Errors: `DecodingError` where the bytes are not a `Value`.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: bytes)
    }
}
