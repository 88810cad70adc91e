// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One value of a YAML document, with its place.
///
/// Scalars keep the text they were written with: `1.10` is not 1.1 and `no` is not false until a
/// reader that knows the field's type says so. Places count from 1.
struct YAMLNode: Sendable {
    /// What the value is.
    enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    /// What the value is.
    let content: Content
    /// Where it begins.
    let location: Problem.Location

    /// The scalar, when it is one.
    var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The text of a scalar that is not null.
    var text: String? {
        guard let scalar, !scalar.isNull else { return nil }
        return scalar.text
    }

    /// The elements, when it is a sequence.
    var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The entries, when it is a mapping.
    var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// Whether it is YAML's null.
    var isNull: Bool { scalar?.isNull ?? false }

    /// The value under `key`, when it is a mapping that has one.
    subscript(key: String) -> YAMLNode? {
        entries?.first { $0.key == key }?.value
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "'\(scalar.text.excerpt)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One key of a mapping and its value.
struct YAMLEntry: Sendable {
    /// The key's text.
    let key: String
    /// Where the key begins.
    let location: Problem.Location
    /// The value.
    let value: YAMLNode
}

/// A scalar as it was written.
struct YAMLScalar: Hashable, Sendable {
    /// The text, unescaped.
    let text: String
    /// Whether it may stand for null, a boolean or a number: not quoted and not tagged `!!str`.
    let isPlain: Bool

    /// The same without its quotes: Azure's `properties` are text, so a number there has them.
    var unquoted: YAMLScalar { YAMLScalar(text: text, isPlain: true) }

    /// Whether it is YAML's null.
    var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }

    /// The truth value of `true` and `false`; `yes`, `no`, `on` and `off` are text.
    var boolean: Bool? {
        guard isPlain else { return nil }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    /// The number written in decimal digits; `0x10`, `012` and `1_000` are text.
    var integer: Int? {
        guard isPlain else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0.isASCIIDigit }),
            digits == "0" || !digits.hasPrefix("0")
        else { return nil }
        return Int(text)
    }
}

extension String {
    /// The beginning, short enough for a message.
    var excerpt: String {
        count <= 60 ? self : String(prefix(57)) + "..."
    }
}
