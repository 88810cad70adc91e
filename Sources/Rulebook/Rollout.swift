// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The movement from one revision to another: the one under way, or the last one that ended.
package struct Rollout: Codable, Equatable, Sendable {
    /// Who wanted it.
    enum Purpose: String, Codable, Sendable {
        /// Another revision was declared.
        case upgrade
        /// Somebody asked for the revision before.
        case undo
        /// The new revision failed after it had been rolled in.
        case rollback
    }

    /// How it ended.
    enum Outcome: Codable, Equatable, Sendable {
        /// The revision serves alone.
        case completed
        /// It was given up, and what stood before stands again.
        case halted(Problem)
        /// Somebody asked for the revision before while it was under way.
        case undone
    }

    let purpose: Purpose
    /// What served before.
    let from: Revision
    /// What is rolled in.
    let to: Revision
    /// When it began.
    let since: Moment
    /// How it ended; nothing while it is under way.
    private(set) var outcome: Outcome?
    /// When it ended.
    private(set) var ended: Moment?
    /// Whether its answers are watched no more.
    private(set) var isOver = false
    /// What becomes of answers that differ; nothing where none are compared.
    var comparison: RolloutComparison?
    /// What the revision that is rolled in answered lately.
    private(set) var new = AnswerWindow()
    /// What the revision before answered lately.
    private(set) var old = AnswerWindow()

    init(
        _ purpose: Purpose,
        from: Revision,
        to: Revision,
        at now: Moment,
        comparing rule: ComparisonRule? = nil
    ) {
        self.purpose = purpose
        self.from = from
        self.to = to
        self.since = now
        self.comparison = rule.map { RolloutComparison($0) }
    }

    /// Whether its answers are watched: for a while after it was completed too.
    ///
    /// What somebody asked for, or fell back to, is not halted in turn.
    var isWatched: Bool { purpose == .upgrade && !isOver }

    /// Whether it was completed, and what it came from may still be fallen back to.
    var isBaking: Bool { isWatched && outcome != nil }

    /// When it is watched no more; nothing while it is under way, or where it is over.
    var overAt: Moment? { isBaking ? ended.map { $0 + FailureRule.bake } : nil }

    mutating func end(_ outcome: Outcome, at now: Moment) {
        self.outcome = outcome
        ended = now
        if case .completed = outcome { return }
        isOver = true
    }

    mutating func close() {
        isOver = true
        new = AnswerWindow()
        old = AnswerWindow()
    }

    mutating func note(_ tally: AnswerTally, of revision: Revision, at now: Moment) {
        if revision == to { new.add(tally, at: now) }
        if revision == from { old.add(tally, at: now) }
    }

    /// Brings its moments into a life of the supervisor whose clock may have begun anew; figures of
    /// the last life are forgotten, and where the old revision can give no new ones, nothing is
    /// blamed any more.
    func broughtUp(to now: Moment) -> Rollout {
        var rollout = Rollout(purpose, from: from, to: to, at: min(since, now))
        rollout.outcome = outcome
        rollout.ended = ended.map { min($0, now) }
        rollout.isOver = isOver || outcome != nil
        rollout.comparison = comparison
        rollout.comparison?.underway = nil
        return rollout
    }
}

extension Deployment {
    /// Whether a revision is on its way in, or being prepared for it, beside one that serves.
    var isMoving: Bool { current != nil && (target != nil || next != nil) }

    /// Whether what is on its way in was declared, and is not the way back from it.
    var isUpgrading: Bool { target != nil && rollout?.purpose ?? .upgrade == .upgrade }

    /// Whether nothing of its rollout may go on.
    var isPaused: Bool { pausedSince != nil && !isWithdrawn }

    /// Whether the answers of its revisions are watched.
    var isWatched: Bool {
        guard !isWithdrawn, let rollout, rollout.isWatched else { return false }
        return rollout.to == (rollout.isBaking ? current : target)
    }

    /// What must be given back at once when what was just rolled in fails.
    var fallback: Revision? {
        isWatched && rollout?.isBaking == true && target == nil ? previous : nil
    }

    /// Ends what is on its way in and says how, as far as it has begun.
    mutating func endRollout(_ outcome: Rollout.Outcome, at now: Moment) {
        if rollout?.outcome == nil { rollout?.end(outcome, at: now) }
    }
}
