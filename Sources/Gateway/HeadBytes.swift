// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension UInt8 {
    /// Whether the byte may stand in a header field's name.
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

    /// Whether the byte may stand in a header field's value.
    var isFieldByte: Bool { self >= 0x20 ? self != 0x7f : self == 0x09 }
}

extension UnsafeRawBufferPointer {
    /// Whether this is `lower`, letters in either case.
    ///
    /// Shape: `lower` is ASCII in lower case.
    func isSame(as lower: StaticString) -> Bool {
        guard count == lower.utf8CodeUnitCount else { return false }
        for place in 0..<count {
            let byte = self[place]
            let folded = byte &- 65 < 26 ? byte | 0x20 : byte
            if folded != lower.utf8Start[place] { return false }
        }
        return true
    }
}
