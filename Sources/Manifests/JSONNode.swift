// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// One value of a JSON text; numbers keep the text they were written with.
indirect enum JSONNode: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([JSONMember])

    /// The text of a string.
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array.
    var elements: [JSONNode]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object.
    var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The truth value.
    var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// A whole number that fits.
    var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    /// Whether it is null.
    var isNull: Bool { self == .null }

    /// The value under `name`, when it is an object that has one.
    subscript(name: String) -> JSONNode? {
        members?.first { $0.name == name }?.value
    }

    /// The value as compact JSON.
    var text: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { "\(Self.quoted($0.name)): \($0.value.text)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.value < 0x20 {
                    result += "\\u" + TextCheck.fourDigits(scalar.value)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}

/// One name of a JSON object and its value.
struct JSONMember: Hashable, Sendable {
    /// The name.
    let name: String
    /// The value.
    let value: JSONNode
}
