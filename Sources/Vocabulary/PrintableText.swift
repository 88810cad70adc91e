// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

extension StringProtocol {
    /// The same text with nothing in it that a terminal would obey.
    ///
    /// Shape: control characters (C0 with tab and newline, DEL, C1) and the marks that reverse the
    /// direction of text are written as `\n`, `\t` or `\u{1b}`; all else is as it was. What a model
    /// prints or is called is a stranger's, and ends on somebody's screen.
    public var printable: String {
        guard unicodeScalars.contains(where: \.isObeyedByTerminals) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case _ where scalar.isObeyedByTerminals:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isObeyedByTerminals: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
