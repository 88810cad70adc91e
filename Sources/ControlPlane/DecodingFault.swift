// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Why JSON could not be read, in words and with the place in the document.
struct DecodingFault: CustomStringConvertible {
    let description: String

    /// Reads any error that a decoder throws.
    init(_ error: any Error) {
        description =
            switch error {
            case DecodingError.keyNotFound(let key, let context):
                "'\(Self.path(context.codingPath + [key]))' is missing"
            case DecodingError.typeMismatch(_, let context),
                DecodingError.valueNotFound(_, let context):
                "'\(Self.path(context.codingPath))' has a value of the wrong type"
            case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty:
                "it is not JSON"
            case DecodingError.dataCorrupted(let context):
                "'\(Self.path(context.codingPath))': \(context.debugDescription)"
            default: "it is not JSON"
            }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "/" : keys.map(\.stringValue).joined(separator: ".")
    }
}
