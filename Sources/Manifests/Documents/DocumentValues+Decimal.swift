// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Numbers with a fraction.
extension DocumentValues {
    /// A number in decimal digits; in quotes only where it `isQuotable`.
    mutating func decimal(
        _ node: YAMLNode,
        _ key: String,
        in range: ClosedRange<Double>,
        isQuotable: Bool = false
    ) -> Double? {
        let scalar = node.scalar.map { isQuotable ? $0.unquoted : $0 }
        if let scalar, scalar.isPlain, Self.isDecimal(scalar.text), let value = Double(scalar.text),
            range.contains(value)
        {
            return value
        }
        refuse(
            "range",
            "'\(key)' is \(node.kind)",
            "write a number from \(Self.words(range.lowerBound)) to "
                + Self.words(range.upperBound),
            node
        )
        return nil
    }

    private static func isDecimal(_ text: String) -> Bool {
        text.utf8.first?.isASCIIDigit ?? false
            && text.utf8.allSatisfy { $0.isASCIIDigit || ".eE+-".utf8.contains($0) }
    }

    private static func words(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
