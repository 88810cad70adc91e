// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// By which a request is found again in logs.
enum RequestIdentifier: Equatable {
    /// Longest identifier that a client may choose.
    static let limit = 100
    private static let clientLimit = 40

    case none
    /// One of ours: shown as 32 hexadecimal digits.
    case made(high: UInt64, low: UInt64)
    /// The client's.
    case given([UInt8])

    /// A client's identifier, where it may be passed on as it is.
    init?(client bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty, bytes.count <= Self.limit,
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") })
        else { return nil }
        self = .given(Array(bytes))
    }

    /// As it is written.
    func withBytes(_ use: (UnsafeRawBufferPointer) -> Void) {
        switch self {
        case .none: use(UnsafeRawBufferPointer(start: nil, count: 0))
        case .given(let bytes): bytes.withUnsafeBytes(use)
        case .made(let high, let low):
            var digits = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
            digits = (
                Self.digits(of: high >> 32), Self.digits(of: high), Self.digits(of: low >> 32),
                Self.digits(of: low)
            )
            withUnsafeBytes(of: &digits, use)
        }
    }

    /// The eight hexadecimal digits of the lower half, in the order of memory.
    ///
    /// Each nibble is spread to a byte of its own; those beyond 9 are moved on to the letters.
    private static func digits(of number: UInt64) -> UInt64 {
        var spread = number & 0xffff_ffff
        spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
        spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
        spread = (spread | spread << 4) & 0x0f0f_0f0f_0f0f_0f0f
        let isLetter = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return (spread &+ 0x3030_3030_3030_3030 &+ isLetter &* 39).bigEndian
    }

    /// What is kept of `x-ms-client-request-id`.
    ///
    /// Source: Azure Machine Learning, "Troubleshooting online endpoints": letters, digits, `-`
    /// and `_`, cut to 40.
    static func cleaned(client bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let kept = bytes.lazy.filter {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        return Array(kept.prefix(clientLimit))
    }
}
