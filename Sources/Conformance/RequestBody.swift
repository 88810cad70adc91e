// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Bodies that differ from each other wherever they are long enough to differ.
enum RequestBody {
    private static let block = 4_096

    /// So many bytes, drawn from `seed`: a block of them again and again, each with its number.
    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        // xorshift64: every seed but zero has a sequence of its own.
        var state = (seed &+ 1) &* 0x9e37_79b9_7f4a_7c15 | 1
        let block = (0..<min(count, block)).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let start = bytes.count
            bytes.append(contentsOf: block.prefix(count - start))
            if start > 0, count - start >= 2 {
                bytes[start] ^= UInt8(truncatingIfNeeded: start / block.count)
                bytes[start + 1] ^= UInt8(truncatingIfNeeded: start / block.count >> 8)
            }
        }
        return bytes
    }
}

/// Heads as a gateway writes them: the first line, then lower-case names with values.
enum RequestHead: Hashable, Sendable {
    /// What most requests have.
    case usual
    /// Everything that HTTP lets through: bytes beyond ASCII, tabs, no value, a long value, many.
    case odd
    /// No header at all.
    case bare

    /// The head's bytes; `type` is the sample's content type.
    func bytes(type: String) -> [UInt8] {
        switch self {
        case .usual: return Array("POST /score\ncontent-type: \(type)\n".utf8)
        case .bare: return Array("POST /score\n".utf8)
        case .odd:
            var bytes = Array("POST /score?a=%00%ff&b='\";|\\ HTTP/1.1\n".utf8)
            bytes += Array("content-type: \(type)\n".utf8)
            bytes += Array("x-latin: ".utf8) + [0xe9, 0xff, 0x80, 0xc3, 0x28] + Array("\n".utf8)
            bytes += Array("x-tabs: \ta\t b \t\nx-empty: \nx-colons: ::a:b\n".utf8)
            bytes += Array("x-long: ".utf8) + [UInt8](repeating: 0x61, count: 4_096) + [0x0a]
            for number in 0..<90 { bytes += Array("x-\(number): \(number)\n".utf8) }
            return bytes
        }
    }
}
