// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The CRC-32 of a stream of bytes, as gzip keeps it.
///
/// Source: RFC 1952, section 8; eight bytes a step, after Kounavis and Berry (2005).
struct CheckSum {
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    private var state = UInt32.max

    /// The sum of all bytes so far.
    var value: UInt32 { ~state }

    /// Adds bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var state = state
        Self.tables.withUnsafeBufferPointer { table in
            var index = 0
            while index + 8 <= bytes.count {
                let low = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian
                let high = bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self)
                    .littleEndian
                state ^= low
                var next = table[1_792 + Int(state & 0xFF)] ^ table[1_536 + Int(state >> 8 & 0xFF)]
                next ^= table[1_280 + Int(state >> 16 & 0xFF)] ^ table[1_024 + Int(state >> 24)]
                next ^= table[768 + Int(high & 0xFF)] ^ table[512 + Int(high >> 8 & 0xFF)]
                next ^= table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
                state = next
                index += 8
            }
            while index < bytes.count {
                state = table[Int((state ^ UInt32(bytes[index])) & 0xFF)] ^ state >> 8
                index += 1
            }
        }
        self.state = state
    }
}
