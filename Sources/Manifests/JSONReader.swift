// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads a JSON text strictly (RFC 8259), to a bounded depth.
///
/// Besides the grammar it refuses a name that stands twice in an object, lone surrogates, and
/// Python's `NaN` and `Infinity`.
///
/// Errors: `Fault`, with the character where it was noticed.
struct JSONReader {
    /// Why a text is refused.
    struct Fault: Error {
        /// Why.
        let reason: String
        /// Which byte of the text, from 1.
        let offset: Int
        /// A stable word for programs.
        var code = "syntax"
    }

    private let bytes: [UInt8]
    private let depth: Int
    private var index = 0
    /// Where each value and each name begins, in bytes from 0, in the order of the text.
    private var offsets: [Int] = []

    private init(_ text: String, depth: Int) {
        bytes = Array(text.utf8)
        self.depth = depth
    }

    /// Reads the whole text.
    static func read(_ text: String, depth: Int = 64) throws(Fault) -> JSONNode {
        try readPlaced(text, depth: depth).node
    }

    /// Reads the whole text, with where each value and each name of it begins.
    ///
    /// Shape: `offsets` are bytes from 0, an object before its members, a name before its value.
    static func readPlaced(
        _ text: String,
        depth: Int = 64
    ) throws(Fault) -> (node: JSONNode, offsets: [Int]) {
        var reader = JSONReader(text, depth: depth)
        let value = try reader.value(inside: 0)
        reader.skipSpace()
        guard reader.index == reader.bytes.count else {
            throw reader.fault("something follows the value")
        }
        return (value, reader.offsets)
    }

    private func fault(_ reason: String) -> Fault { Fault(reason: reason, offset: index + 1) }

    private func deep() -> Fault {
        Fault(
            reason: "values stand more than \(depth) deep",
            offset: index + 1,
            code: "tooDeep"
        )
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(Fault) {
        guard next == byte else {
            throw fault("'\(Character(Unicode.Scalar(byte)))' is missing")
        }
        index += 1
    }

    private mutating func value(inside level: Int) throws(Fault) -> JSONNode {
        skipSpace()
        guard let byte = next else { throw fault("the text ends early") }
        offsets.append(index)
        switch byte {
        case UInt8(ascii: "{"): return try object(inside: level)
        case UInt8(ascii: "["): return try array(inside: level)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSONNode) throws(Fault) -> JSONNode {
        guard bytes[index...].starts(with: text.utf8) else { throw fault("no value begins so") }
        index += text.utf8.count
        return value
    }

    private mutating func object(inside level: Int) throws(Fault) -> JSONNode {
        guard level < depth else { throw deep() }
        index += 1
        var members: [JSONMember] = []
        var names: Set<String> = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return .object(members)
        }
        while true {
            skipSpace()
            let start = index
            offsets.append(start)
            let name = try string()
            guard names.insert(name).inserted else {
                throw Fault(
                    reason: "the name '\(name.excerpt)' stands here again",
                    offset: start + 1,
                    code: "duplicateKey"
                )
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members.append(JSONMember(name: name, value: try value(inside: level + 1)))
            skipSpace()
            if next == UInt8(ascii: ",") {
                index += 1
                continue
            }
            try expect(UInt8(ascii: "}"))
            return .object(members)
        }
    }

    private mutating func array(inside level: Int) throws(Fault) -> JSONNode {
        guard level < depth else { throw deep() }
        index += 1
        var elements: [JSONNode] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(inside: level + 1))
            skipSpace()
            if next == UInt8(ascii: ",") {
                index += 1
                continue
            }
            try expect(UInt8(ascii: "]"))
            return .array(elements)
        }
    }

    private mutating func number() throws(Fault) -> JSONNode {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        let whole = try digits()
        guard whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else {
            throw fault("a number begins with 0")
        }
        if next == UInt8(ascii: ".") {
            index += 1
            _ = try digits()
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            index += 1
            if let sign = next, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                index += 1
            }
            _ = try digits()
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() throws(Fault) -> Int {
        let start = index
        while let byte = next, byte.isASCIIDigit { index += 1 }
        guard index > start else { throw fault("no value begins so") }
        return index - start
    }

    private mutating func string() throws(Fault) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escaped().utf8
            case 0..<0x20: throw fault("a string holds a control character")
            default: text.append(byte)
            }
        }
        throw fault("a string does not end")
    }

    private mutating func escaped() throws(Fault) -> String {
        guard let byte = next else { throw fault("a string does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(Character(try unicode()))
        default: throw fault("an escape is not one of JSON's")
        }
    }

    private mutating func unicode() throws(Fault) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), next == UInt8(ascii: "\\") else {
            throw fault("half of a surrogate pair is missing")
        }
        index += 1
        try expect(UInt8(ascii: "u"))
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            )
        else { throw fault("half of a surrogate pair is missing") }
        return scalar
    }

    private mutating func codeUnit() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next,
                let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw fault("an escape is not one of JSON's") }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
