// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// An amount of memory as people write it: `4 GiB`, `1536 MiB`.
///
/// Shape: the largest unit of which it is a whole number, so that nothing is rounded.
public struct ByteCount: CustomStringConvertible, Sendable {
    private let bytes: Int64

    /// Wraps a number of bytes.
    public init(_ bytes: Int64) {
        self.bytes = bytes
    }

    /// The text for people.
    public var description: String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] as [(String, Int64)]
        where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift) \(unit)"
        }
        return Counted(Int(bytes), "byte").description
    }
}
