// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A JSON text's value, as far as comparing needs it.
enum JSONValue: Hashable {
    case null
    case boolean(Bool)
    /// A whole number that is kept exactly.
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    /// By name; of members of one name the last.
    case object([String: JSONValue])

    /// Reads a text; nothing where it is not JSON.
    ///
    /// `NaN` and `Infinity` are taken: scorers in Python write them.
    init?(_ bytes: [UInt8]) {
        var reader = JSONValueReader(bytes: bytes)
        guard let value = reader.whole() else { return nil }
        self = value
    }
}

/// Reads a JSON text once, from its first byte to its last.
private struct JSONValueReader {
    /// Deepest nesting that is read.
    static let depthLimit = 64

    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func whole() -> JSONValue? {
        guard let value = value(0) else { return nil }
        skipSpace()
        return place == bytes.count ? value : nil
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            place += 1
        }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: count)
        guard bytes.count - place >= count,
            bytes[place..<place + count].elementsEqual(letters)
        else { return false }
        place += count
        return true
    }

    private mutating func value(_ depth: Int) -> JSONValue? {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return text().map(JSONValue.text)
        case UInt8(ascii: "t"): return take(word: "true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return take(word: "false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
        case UInt8(ascii: "N"): return take(word: "NaN") ? .number(.nan) : nil
        case UInt8(ascii: "I"): return take(word: "Infinity") ? .number(.infinity) : nil
        case nil: return nil
        default: return take(word: "-Infinity") ? .number(-.infinity) : number()
        }
    }

    private mutating func object(_ depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit else { return nil }
        place += 1
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\""), let name = text(), take(":"),
                let member = value(depth + 1)
            else { return nil }
            members[name] = member
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(_ depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit else { return nil }
        place += 1
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        repeat {
            guard let element = value(depth + 1) else { return nil }
            elements.append(element)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    /// What may stand in a number, whatever the order: `Double` knows the order.
    private mutating func number() -> JSONValue? {
        let start = place
        while let byte = next, byte.isPartOfNumber { place += 1 }
        guard start < place else { return nil }
        let digits = String(decoding: bytes[start..<place], as: UTF8.self)
        if let integer = Int64(digits) { return .integer(integer) }
        return Double(digits).map(JSONValue.number)
    }

    private mutating func text() -> String? {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { place += 1 }
        var letters = Array(bytes[start..<place])
        while let byte = next, byte != UInt8(ascii: "\"") {
            place += 1
            if byte != UInt8(ascii: "\\") {
                letters.append(byte)
            } else if let scalar = escaped() {
                letters.append(contentsOf: String(scalar).utf8)
            } else {
                return nil
            }
        }
        guard next == UInt8(ascii: "\"") else { return nil }
        place += 1
        return String(decoding: letters, as: UTF8.self)
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicode()
        default: return nil
        }
    }

    /// Four digits, or two times four where two halves make a scalar; half of one alone is shown as
    /// what stands for the unknown.
    private mutating func unicode() -> Unicode.Scalar? {
        guard let first = fourDigits() else { return nil }
        guard (0xd800..<0xdc00).contains(first) else {
            return Unicode.Scalar(first) ?? "\u{fffd}"
        }
        let back = place
        guard take(word: "\\u"), let second = fourDigits(), (0xdc00..<0xe000).contains(second)
        else {
            place = back
            return "\u{fffd}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private mutating func fourDigits() -> UInt32? {
        guard bytes.count - place >= 4 else { return nil }
        defer { place += 4 }
        return UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    }
}

extension UInt8 {
    fileprivate var isPartOfNumber: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
