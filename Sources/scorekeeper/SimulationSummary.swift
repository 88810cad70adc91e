// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import Foundation
import Simulation
import Vocabulary

/// What came of many simulated worlds.
struct SimulationSummary: Encodable, Sendable {
    /// A world in which a sentence did not hold.
    struct Failure: Encodable, Sendable {
        let seed: UInt64
        let what: String
        let command: String
    }

    /// A planted bug, and how it was noticed.
    struct Bug: Encodable, Sendable {
        let name: String
        let what: String
        let caughtBySeed: UInt64?
        let sentence: String?

        var isCaught: Bool { sentence != nil }
    }

    private(set) var worlds = 0
    private(set) var decisions = 0
    private(set) var seconds = 0.0
    private(set) var checks: [String: Int] = [:]
    private(set) var failures = 0
    /// The failure of the lowest seed.
    private(set) var firstViolation: Failure?
    /// What became of each planted bug; nothing when none was planted.
    var bugs: [Bug]?

    /// Adds one world, which `options` besides its seed play again.
    mutating func add(_ report: Simulation.Report, options: String) {
        worlds += 1
        decisions += report.decisions
        seconds += report.seconds
        for (sentence, count) in zip(Sentence.allCases, report.checks) {
            checks[sentence.rawValue, default: 0] += count
        }
        guard let violation = report.violation else { return }
        failures += 1
        keep(Failure(seed: report.seed, what: "\(violation)", command: report.command + options))
    }

    /// Adds what another lane of worlds came to.
    mutating func merge(_ other: SimulationSummary) {
        worlds += other.worlds
        decisions += other.decisions
        seconds += other.seconds
        failures += other.failures
        checks.merge(other.checks, uniquingKeysWith: +)
        other.firstViolation.map { keep($0) }
    }

    private mutating func keep(_ failure: Failure) {
        if let known = firstViolation, known.seed < failure.seed { return }
        firstViolation = failure
    }

    /// The summary for people.
    var lines: [String] {
        var table = Table([.number("CHECKS"), .words("SENTENCE")])
        for sentence in Sentence.allCases {
            table.add(["\(checks[sentence.rawValue] ?? 0)", sentence.rawValue])
        }
        let hours = (seconds / 3_600).formatted(.number.precision(.fractionLength(1)))
        var lines = table.lines + bugLines
        lines.append("")
        lines.append(
            "\(Counted(worlds, "world")), \(Counted(decisions, "decision")), "
                + "\(hours) virtual hours"
        )
        guard let firstViolation else { return lines + ["every sentence held"] }
        return lines + [
            "\(Counted(failures, "world")) broke a sentence, the first with seed "
                + "\(firstViolation.seed):",
            firstViolation.what,
            "play it again: \(firstViolation.command)",
        ]
    }

    private var bugLines: [String] {
        guard let bugs else { return [] }
        var table = Table([.words("PLANTED BUG"), .number("SEED"), .words("CAUGHT BY")])
        for bug in bugs {
            table.add([
                bug.what, bug.caughtBySeed.map { "\($0)" } ?? "-", bug.sentence ?? "NOBODY",
            ])
        }
        return [""] + table.lines
    }
}
