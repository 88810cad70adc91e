// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

extension StringProtocol {
    /// The same text with nothing in it that a terminal would obey.
    ///
    /// Shape: control characters (C0 with tab and newline, DEL, C1), the marks that reverse the
    /// direction of text and those that take no place are written as `\n`, `\t` or `\u{1b}`; all else is as it was. What a model
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
    /// Whether a terminal would do something else than show the character.
    public var isObeyedByTerminals: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x2069, 0xfeff: true
        default: false
        }
    }
}
