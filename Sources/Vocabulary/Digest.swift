// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Comparable, Sendable, WrittenNoun {
    /// The digits.
    public let hexadecimal: String

    /// Reads 64 lower-case hexadecimal digits; nothing for anything else.
    public init?(_ hexadecimal: String) {
        guard hexadecimal.utf8.count == 64,
            hexadecimal.utf8.allSatisfy({
                $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            })
        else { return nil }
        self.hexadecimal = hexadecimal
    }

    /// Makes a digest from its 32 bytes; nothing for another number of bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        self.hexadecimal = String(decoding: text, as: UTF8.self)
    }

    /// What can be written.
    public static var rule: String { "64 lower-case hexadecimal digits" }

    /// The first twelve digits, for people.
    public var short: String { String(hexadecimal.prefix(12)) }

    /// The text for people.
    public var description: String { hexadecimal }

    /// Whether `left` comes before `right`.
    public static func < (left: Digest, right: Digest) -> Bool {
        left.hexadecimal < right.hexadecimal
    }
}
