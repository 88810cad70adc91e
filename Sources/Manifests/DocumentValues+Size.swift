// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Amounts of bytes, as people write them.
extension DocumentValues {
    /// The units, smallest first; a number without one counts bytes.
    private static let units: [(name: String, bytes: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// An amount of bytes: `262144`, `256KiB`, `16 MiB`.
    mutating func size(_ node: YAMLNode, _ key: String, in range: ClosedRange<Int>) -> Int? {
        if let text = node.text, let bytes = Self.bytes(text), range.contains(bytes) {
            return bytes
        }
        refuse(
            "size",
            "'\(key)' is \(node.kind)",
            "write bytes, or a whole number of KiB, MiB or GiB, from \(Self.words(range.lowerBound)) "
                + "to \(Self.words(range.upperBound))",
            node
        )
        return nil
    }

    private static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        if unit.isEmpty { return number }
        guard let factor = units.first(where: { $0.name == unit })?.bytes else { return nil }
        let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: factor)
        return isTooMuch ? nil : bytes
    }

    private static func words(_ bytes: Int) -> String {
        let unit = units.last { bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes) \($0.name)" } ?? "\(bytes)"
    }
}
