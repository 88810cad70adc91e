// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Checks that bytes are a text that may be shown to a person: UTF-8 without control characters.
///
/// Tab, line feed and carriage return are text; every other control character is refused, because
/// what is read here ends up in messages on terminals.
enum TextCheck {
    /// The bytes without a UTF-8 byte order mark; nothing, with the problem, when they are no text.
    static func text(
        _ bytes: [UInt8],
        file: String,
        limit: Int,
        into findings: inout Findings
    ) -> ArraySlice<UInt8>? {
        guard bytes.count <= limit else {
            findings.refuse(
                "tooLarge",
                "'\(file)' has \(bytes.count) bytes, more than the \(limit) that are read",
                "make it smaller",
                at: Problem.Location(file: file)
            )
            return nil
        }
        if let encoding = wideEncoding(bytes) {
            findings.refuse(
                "encoding",
                "'\(file)' is written in \(encoding)",
                "save it as UTF-8",
                at: Problem.Location(file: file, line: 1, column: 1)
            )
            return nil
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard !isPlain(text), let fault = firstFault(text) else { return text }
        let location = Problem.Location(file: file, line: fault.line, column: fault.column)
        if let control = fault.control {
            findings.refuse(
                "controlCharacter",
                "the control character U+\(fourDigits(control)) stands in '\(file)'",
                "remove it",
                at: location
            )
        } else {
            findings.refuse(
                "encoding",
                "'\(file)' is not UTF-8 here",
                "save it as UTF-8",
                at: location
            )
        }
        return nil
    }

    /// The encoding of more than a byte a character whose byte order mark stands first.
    ///
    /// UTF-32's little-endian mark begins as UTF-16's does: two zeros after it are no text there.
    private static func wideEncoding(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x00, 0x00, 0xFE, 0xFF])
            || bytes.starts(with: [0xFF, 0xFE, 0x00, 0x00])
        {
            return "UTF-32"
        }
        let isWide = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        return isWide ? "UTF-16" : nil
    }

    /// Whether `scalar` is a control character that no text holds.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x85: false
        case 0..<0x20, 0x7F..<0xA0: true
        default: false
        }
    }

    /// `U+` digits of a character.
    static func fourDigits(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Whether the bytes are UTF-8 without any byte that a control character may begin with.
    ///
    /// The quick answer for nearly every text; where it is no, the slow look says whether and where.
    private static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        return bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            while index < buffer.count {
                let byte = buffer[index]
                // 0xC2 begins the controls from U+0080 on, and some letters too.
                if byte == 0x7F || byte == 0xC2 { return false }
                if byte < 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { return false }
                index += 1
            }
            return true
        }
    }

    private struct Fault {
        let line: Int
        let column: Int
        let control: UInt32?
    }

    private static func firstFault(_ bytes: ArraySlice<UInt8>) -> Fault? {
        var line = 1
        var column = 1
        var input = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            switch parser.parseScalar(from: &input) {
            case .emptyInput: return nil
            case .error: return Fault(line: line, column: column, control: nil)
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if isControl(scalar) {
                    return Fault(line: line, column: column, control: scalar.value)
                }
                if scalar == "\n" {
                    line += 1
                    column = 1
                } else {
                    column += 1
                }
            }
        }
    }
}
