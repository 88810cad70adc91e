// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A short value that changes with what is added: it tells change, it does not prove sameness.
///
/// Source: FNV-1a, 64 bits.
struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Adds a name and what the file system says of it.
    mutating func add(_ name: String, _ stamp: FileStamp) {
        add(name)
        add(stamp.device)
        add(stamp.inode)
        add(UInt64(bitPattern: stamp.size))
        add(UInt64(bitPattern: stamp.modified))
        add(UInt64(bitPattern: stamp.changed))
    }

    /// Adds a text and an end that no text has.
    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF as UInt8)
    }

    private mutating func add(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            add(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
