// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What a model takes and gives, as `MLmodel` declares it.
///
/// Source: mlflow/types/schema.py; the three parts are JSON texts inside the YAML.
public struct ModelSignature: Hashable, Codable, Sendable {
    /// What goes in; nothing when it is not declared.
    public let inputs: Schema?
    /// What comes out; nothing when it is not declared.
    public let outputs: Schema?
    /// What may be set for each request.
    public let parameters: [Parameter]

    /// Columns of a table, or tensors: never both.
    public enum Schema: Hashable, Codable, Sendable {
        case columns([Column])
        case tensors([Tensor])
    }

    /// One column of a table.
    public struct Column: Hashable, Codable, Sendable {
        /// Its name; nothing where columns go by position.
        public let name: String?
        /// What its values are.
        public let type: ValueType
        /// Whether it must be there.
        public let isRequired: Bool
    }

    /// One tensor.
    public struct Tensor: Hashable, Codable, Sendable {
        /// Its name; nothing where there is only one.
        public let name: String?
        /// NumPy's name for its elements, for example `float32`.
        public let elementType: String
        /// Its dimensions; -1 where any will do.
        public let shape: [Int]
    }

    /// One setting of a request.
    public struct Parameter: Hashable, Codable, Sendable {
        /// Its name.
        public let name: String
        /// What its values are.
        public let type: ValueType
        /// Its value where a request does not say, as JSON.
        public let defaultValue: String
        /// Whether it takes a list.
        public let isList: Bool
    }

    /// What a column's values are.
    public indirect enum ValueType: Hashable, Codable, Sendable {
        case scalar(Scalar)
        case array(ValueType)
        case object([Property])
        case map(ValueType)
        case vector
        case any
    }

    /// A value that is not made of others.
    public enum Scalar: String, Codable, Sendable, CaseIterable {
        case boolean
        case integer
        case long
        case float
        case double
        case string
        case binary
        case datetime
    }

    /// One member of an object.
    public struct Property: Hashable, Codable, Sendable {
        /// Its name.
        public let name: String
        /// What its values are.
        public let type: ValueType
        /// Whether it must be there.
        public let isRequired: Bool
    }
}

extension ModelSignature.ValueType: CustomStringConvertible {
    /// The type in a few words: `list of double`.
    public var description: String {
        switch self {
        case .scalar(let scalar): scalar.rawValue
        case .array(let element): "list of \(element)"
        case .object(let properties):
            "object {"
                + properties.map { "\($0.name): \($0.type)\($0.isRequired ? "" : "?")" }
                .joined(separator: ", ") + "}"
        case .map(let value): "map to \(value)"
        case .vector: "vector"
        case .any: "anything"
        }
    }
}

extension ModelSignature.Schema: CustomStringConvertible {
    /// The schema in words: `4 columns: a (double), b (double), ...`.
    public var description: String {
        switch self {
        case .columns(let columns):
            Self.counted(columns.count, "column") + ": "
                + Self.list(
                    columns.map {
                        "\($0.name.map { "\($0) " } ?? "")(\($0.type)\($0.isRequired ? "" : ", optional"))"
                    }
                )
        case .tensors(let tensors):
            Self.counted(tensors.count, "tensor") + ": "
                + Self.list(
                    tensors.map {
                        "\($0.name.map { "\($0) " } ?? "")\($0.elementType)\($0.shape)"
                    }
                )
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func list(_ texts: [String]) -> String {
        let shown = texts.prefix(8).joined(separator: ", ")
        return texts.count > 8 ? "\(shown), and \(texts.count - 8) more" : shown
    }
}
