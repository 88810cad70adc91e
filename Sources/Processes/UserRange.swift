// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The host's uids that a node may give to scorers.
///
/// A uid is one run's own while it lives, and comes back into use as late as possible. A warmed
/// parent takes a whole block: the uids that exist in its user namespace.
struct UserRange {
    /// Uids of one warmed parent: itself first, its scorers after it.
    static let blockSize: UInt32 = 64

    private var single: [UInt32]
    private var blocks: [Range<UInt32>]

    /// Divides `range`: one half for single runs, the other in blocks.
    init(_ range: Range<UInt32>) {
        let middle = range.lowerBound + UInt32(range.count) / 2
        single = Array(range.lowerBound..<middle)
        blocks = stride(from: middle, to: range.upperBound, by: Int(Self.blockSize))
            .map { $0..<min($0 + Self.blockSize, range.upperBound) }
            .filter { $0.count == Int(Self.blockSize) }
    }

    /// Takes one uid; nothing when all are in use.
    mutating func takeOne() -> UInt32? {
        single.isEmpty ? nil : single.removeFirst()
    }

    /// Takes one block; nothing when all are in use.
    mutating func takeBlock() -> Range<UInt32>? {
        blocks.isEmpty ? nil : blocks.removeFirst()
    }

    /// Gives a uid back, behind all others.
    mutating func giveBack(_ user: UInt32) {
        single.append(user)
    }

    /// Gives a block back, behind all others.
    mutating func giveBack(_ block: Range<UInt32>) {
        blocks.append(block)
    }
}
