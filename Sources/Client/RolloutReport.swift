// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// A rollout, for people.
public struct RolloutReport: Sendable {
    private let status: RolloutStatus
    private let now: Date

    /// Makes a report as of `now`.
    public init(_ status: RolloutStatus, at now: Date) {
        self.status = status
        self.now = now
    }

    /// A sentence, the figures, and why it was halted where it was.
    public var text: String {
        var lines = ["\(status.key): \(status.sentence.printable)"]
        if let from = status.from, let to = status.to {
            lines.append("  from \(from) to \(to): \(state)\(times)")
            lines.append(
                "  wave \(status.wave) of \(status.waves), \(status.serving) of \(status.wanted) "
                    + "new serving, \(status.oldLeft) old left"
            )
        }
        if status.answers > 0 {
            lines.append(
                "  \(status.failures) of \(status.answers) answers of the last minute failed"
            )
        }
        if let comparison = status.comparison {
            lines += RolloutComparisonReport(comparison).lines.map { "  \($0)" }
        }
        if let why = status.why { lines.append("  because \(why.printable)") }
        if !status.lastLines.isEmpty {
            lines.append("  its scorer wrote last:")
            lines += status.lastLines.suffix(Self.shownLines).map { "    \($0.printable)" }
        }
        return lines.joined(separator: "\n")
    }

    private static let shownLines = 10

    private var state: String {
        status.state == .goingBack ? "going back" : status.state.rawValue
    }

    private var times: String {
        var times = ""
        if let since = status.since { times += ", begun \(Wording.span(from: since, to: now)) ago" }
        if let paused = status.pausedSince {
            times += ", paused \(Wording.span(from: paused, to: now)) ago"
        }
        if let ended = status.ended {
            times += ", ended \(Wording.span(from: ended, to: now)) ago"
        }
        return times
    }
}
