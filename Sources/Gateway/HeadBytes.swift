// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension UInt8 {
    /// Whether the byte may stand in a method or a header field's name.
    var isTokenByte: Bool {
        if isASCIILetterOrDigit { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"),
            UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    /// Whether the byte may stand in a host, with or without its port.
    ///
    /// Source: RFC 3986, section 3.2.2, without percent-encoding, which no client needs here.
    var isHostByte: Bool {
        if isASCIILetterOrDigit { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            return true
        default: return false
        }
    }

    /// Whether the byte may stand in a header field's value.
    var isFieldByte: Bool { self >= 0x20 ? self != 0x7f : self == 0x09 }
}

extension String {
    /// Whether this is `lower`, letters in either case.
    ///
    /// Shape: `lower` is ASCII in lower case.
    func isSame(as lower: StaticString) -> Bool {
        guard utf8.count == lower.utf8CodeUnitCount else { return false }
        var expected = lower.utf8Start
        for byte in utf8 {
            let folded = byte &- 65 < 26 ? byte | 0x20 : byte
            if folded != expected.pointee { return false }
            expected += 1
        }
        return true
    }
}
