// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A noun that travels as the text it is written as: `"iris/default/1"`, never as its parts.
///
/// What a person reads in a message, a program reads in JSON and writes back.
public protocol WrittenNoun: Codable, CustomStringConvertible {
    /// What can be written, for messages.
    static var rule: String { get }

    /// Reads what `description` wrote; nothing for anything else.
    init?(_ text: String)
}

extension WrittenNoun {
    /// Reads one string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let noun = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text.printable)' is not legal: \(Self.rule)"
            )
        }
        self = noun
    }

    /// Writes one string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
