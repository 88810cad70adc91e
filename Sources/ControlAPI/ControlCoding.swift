// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How the control API's values become JSON and come back.
///
/// Shape: keys sorted, so that the same value is the same text; times in UTC with milliseconds,
/// `2026-03-01T09:30:00.250Z`.
public enum ControlCoding {
    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// A new encoder; `isPretty` for people and files.
    public static func encoder(isPretty: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(time))
        }
        return encoder
    }

    /// A new decoder.
    public static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try Date(decoder.singleValueContainer().decode(String.self), strategy: time)
        }
        return decoder
    }
}
