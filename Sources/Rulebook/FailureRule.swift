// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How many failing answers of a new revision end its rollout.
///
/// An answer fails with 5xx or 424, and where none came in time. The new revision is not blamed for
/// what the old one does as well, which may be its callers' doing: with `percent` 10 and an old
/// revision of which 5% fail, the new one is halted above 15%. The old one's word counts once a fifth
/// of `requests` has come from it. Where fewer than `requests` came but ten, and all failed, nothing
/// speaks for the new revision: it is halted as well, and any word of the old one's counts.
public struct FailureRule: Codable, Hashable, Sendable {
    /// Percent of the answers of a minute that may fail, 1 to 100; with 100 nothing is ever halted.
    public let percent: Int
    /// Answers in a minute from which on the share says anything, 1 or more.
    public let requests: Int

    /// More than 10% of at least 50 answers in a minute, or all of at least ten.
    public static let standard = FailureRule(percent: 10, requests: 50)

    /// Answers in a minute from which on it says enough that all of them failed.
    package static let fewest = 10

    /// How long the figures of a revision are remembered.
    package static let span: Duration = .seconds(60)
    /// How long a revision is watched after it has been rolled in whole.
    package static let bake: Duration = .seconds(60)

    /// Makes a rule.
    public init(percent: Int, requests: Int) {
        self.percent = percent
        self.requests = requests
    }

    /// Whether the new revision fails so much that it must go.
    package func isBroken(new: AnswerTally, old: AnswerTally) -> Bool {
        let isMany = new.answers >= requests
        guard isMany || new.answers >= Self.fewest && new.failures == new.answers else {
            return false
        }
        // Shares as integers: new > percent, and new > old + percent.
        guard new.failures * 100 > percent * new.answers else { return false }
        guard old.answers >= (isMany ? max(1, requests / 5) : 1) else { return true }
        return new.failures * 100 * old.answers
            > (old.failures * 100 + percent * old.answers) * new.answers
    }
}

/// How many answers there were, and how many of them failed.
package struct AnswerTally: Codable, Hashable, Sendable {
    /// Answers.
    package var answers: Int
    /// Those with 5xx or 424, and those that did not come in time.
    package var failures: Int

    /// Counts.
    package init(answers: Int = 0, failures: Int = 0) {
        self.answers = answers
        self.failures = failures
    }

    static func + (left: AnswerTally, right: AnswerTally) -> AnswerTally {
        AnswerTally(
            answers: left.answers + right.answers,
            failures: left.failures + right.failures
        )
    }
}

/// The answers of one revision in its last minute of answering.
package struct AnswerWindow: Codable, Hashable, Sendable {
    /// What one second brought.
    private struct Entry: Codable, Hashable, Sendable {
        let moment: Moment
        var tally: AnswerTally
    }

    private var entries: [Entry] = []

    /// All that was answered in it.
    package var tally: AnswerTally { entries.reduce(AnswerTally()) { $0 + $1.tally } }

    /// Adds the figures of a period that ends now; what is older than a minute by then is dropped.
    mutating func add(_ tally: AnswerTally, at now: Moment) {
        entries.removeAll { now - $0.moment >= FailureRule.span }
        if let last = entries.last, now - last.moment < .seconds(1) {
            entries[entries.count - 1].tally = last.tally + tally
        } else {
            entries.append(Entry(moment: now, tally: tally))
        }
    }
}
