// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// An instance's journal read aloud.
public struct ExplanationReport: Sendable {
    private let explanation: Explanation
    private let zone: TimeZone

    /// Makes a report with times in `zone`.
    public init(_ explanation: Explanation, zone: TimeZone) {
        self.explanation = explanation
        self.zone = zone
    }

    /// The sentence that explains it now, then what led there, oldest first.
    public var text: String {
        let why = explanation.sentence.isEmpty ? "" : ": \(explanation.sentence.printable)"
        let head = "\(explanation.instance) \(state)\(why)"
        guard !explanation.entries.isEmpty else {
            return head + "\n\nthe journal holds no decision about it"
        }
        return head + "\n\n" + explanation.entries.flatMap(lines).joined(separator: "\n")
    }

    private var state: String {
        explanation.state.map { "is \($0.rawValue)" } ?? "is gone"
    }

    private func lines(of entry: Explanation.Entry) -> [String] {
        let time = Wording.time(entry.time, in: zone)
        let margin = "".padded(to: time.count)
        var lines = ["\(time)  \(entry.event.printable)"]
        if !entry.reason.isEmpty { lines.append("\(margin)  because \(entry.reason.printable)") }
        lines += entry.effects.map { "\(margin)  -> \($0.printable)" }
        return lines
    }
}
