// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Makes and checks the identifiers by which requests are found again in logs.
struct RequestIdentifiers {
    /// Longest identifier that a client may choose.
    static let limit = 100
    private static let clientLimit = 40
    private static let digits = Array("0123456789abcdef".utf8)

    private var state: UInt64

    /// Starts from a number that no other life of the gateway starts from.
    init(seed: UInt64) {
        state = seed
    }

    /// A new identifier: 32 hexadecimal digits.
    mutating func make() -> String {
        let high = step()
        let low = step()
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for place in 0..<16 {
                let shift = UInt64(60 - 4 * place)
                buffer[place] = Self.digits[Int(high >> shift & 15)]
                buffer[16 + place] = Self.digits[Int(low >> shift & 15)]
            }
            return 32
        }
    }

    /// SplitMix64: every value once before any comes twice.
    private mutating func step() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Whether an identifier of a client's may be passed on as it is.
    static func isLegal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
    }

    /// What is kept of `x-ms-client-request-id`.
    ///
    /// Source: Azure Machine Learning, "Troubleshooting online endpoints": letters, digits, `-`
    /// and `_`, cut to 40.
    static func cleaned(client text: String) -> String {
        let kept = text.utf8.lazy.filter {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        return String(decoding: kept.prefix(clientLimit), as: UTF8.self)
    }
}
