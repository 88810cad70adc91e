// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// An amount of memory as people write it: `4 GiB`, `1536 MiB`.
///
/// Shape: the largest unit of which it is a whole number, so that nothing is rounded.
public struct ByteCount: CustomStringConvertible, Sendable {
    /// The units, smallest first.
    private static let units: [(name: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// How many.
    public let bytes: Int64

    /// Wraps a number of bytes.
    public init(_ bytes: Int64) {
        self.bytes = bytes
    }

    /// Reads an amount: `262144`, `256KiB`, `16 MiB`; a number without a unit counts bytes.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let factor = unit.isEmpty ? 1 : Self.units.first { $0.name == unit }?.bytes
        guard let factor else { return nil }
        let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: factor)
        if isTooMuch { return nil }
        self.bytes = bytes
    }

    /// The text for people.
    public var description: String {
        for unit in Self.units.reversed() where bytes > 0 && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes) \(unit.name)"
        }
        return Counted(Int(bytes), "byte").description
    }
}
