// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How far the comparison of a new revision's answers with the old one's is.
///
/// It begins when the first run of the new revision is ready, and until it has ended none of them is
/// given requests. What the gateway tells of it counts whichever run was asked; where it tells
/// nothing, it is asked again, and a comparison that comes to nothing three times by the new
/// revision's doing, or for want of time, has ended as well: a rollout waits for it, never for ever.
struct RolloutComparison: Codable, Equatable, Sendable {
    /// A run that the kept requests are put to.
    struct Underway: Codable, Equatable, Sendable {
        let run: Run
        /// When it is given up.
        let until: Moment
    }

    /// The wait for requests, after those that were kept were lost while it was under way.
    struct Refill: Codable, Equatable, Sendable {
        /// When it is begun again.
        fileprivate(set) var notBefore: Moment
        /// From when on it waits no more.
        let until: Moment
    }

    /// Times that it may come to nothing.
    static let attempts = 3

    let rule: ComparisonRule
    /// The run that is asked; nothing while none is.
    var underway: Underway?
    /// When a run was first asked; nothing before.
    private(set) var begunAt: Moment?
    /// How it stands after its gateway was lost, and what that had kept; nothing where it was not.
    private(set) var refill: Refill?
    /// How often it came to nothing.
    private(set) var vain = 0
    /// What was found.
    private(set) var found: RevisionComparison?
    /// What it came to; nothing until it has ended.
    private(set) var verdict: ComparisonVerdict?

    init(_ rule: ComparisonRule) {
        self.rule = rule
    }

    /// Whether it has ended.
    var isOver: Bool { verdict != nil }

    /// Whether its end halts the rollout.
    var isHalting: Bool { rule.isRequired && verdict?.isGood == false }

    /// Has a run asked.
    mutating func begin(_ run: Run, until: Moment, at now: Moment) {
        underway = Underway(run: run, until: until)
        begunAt = begunAt ?? now
    }

    /// Notes that what was kept is gone, where it had begun.
    mutating func noteEmptied(at now: Moment) {
        guard begunAt != nil, !isOver else { return }
        refill = Refill(notBefore: now + Timings.refill, until: now + Timings.refillLimit)
    }

    /// Whether it is not to be begun yet: live requests are being kept.
    func isRefilling(at now: Moment) -> Bool {
        guard rule.isRequired, let refill else { return false }
        return now < refill.notBefore
    }

    /// Nothing was left to compare, and it must be compared: begins again later, or ends.
    mutating func noteEmpty(at now: Moment) {
        underway = nil
        guard let refill, now < refill.until else {
            let limit = Timings.refillLimit.wholeMilliseconds / 1_000
            return end(
                .unfinished(
                    "the gateway was lost when they were being compared, and what it had kept with "
                        + "it; no further request was kept within \(limit) s"
                ),
                nil
            )
        }
        self.refill?.notBefore = min(now + Timings.refill, refill.until)
    }

    mutating func end(_ verdict: ComparisonVerdict, _ found: RevisionComparison?) {
        self.verdict = verdict
        self.found = found?.bounded
        underway = nil
    }

    /// Notes that it came to nothing.
    mutating func noteVain(because reason: String) {
        vain += 1
        underway = nil
        guard vain >= Self.attempts else { return }
        end(.unfinished("it was begun \(vain) times in vain: \(reason)"), nil)
    }
}

extension Deployment {
    /// Whether the runs of a revision are to be compared before they get requests.
    func awaitsComparison(of revision: Revision) -> Bool {
        guard !isWithdrawn, target == revision, let rollout, rollout.to == revision,
            rollout.outcome == nil, let comparison = rollout.comparison
        else { return false }
        return !comparison.isOver
    }

    /// Whether a revision is compared before it serves, and was given up before it ever did.
    ///
    /// Its runs are let go once every node has been heard; until then none of them may serve, though
    /// it says again that it can answer, to a new gateway.
    func isRuledOut(_ revision: Revision) -> Bool {
        guard let record = record(revision), record.declaration.comparison != nil else {
            return false
        }
        return !isReferenced(revision) && !record.isProven
    }

    /// When the comparison under way is given up, or is to be begun again; nothing where neither is.
    var comparisonDeadline: Moment? {
        guard let target, awaitsComparison(of: target), let comparison = rollout?.comparison else {
            return nil
        }
        if let underway = comparison.underway { return underway.until }
        return isRefilling ? comparison.refill?.notBefore : nil
    }

    /// Whether a run waits to be asked until live requests were kept again.
    var isRefilling: Bool {
        rollout?.comparison?.rule.isRequired == true && rollout?.comparison?.refill != nil
            && instances.contains { $0.state.name == .comparing && $0.revision == target }
    }

    /// Recent requests that the gateway shall keep of it: as many as a revision wants that serves,
    /// comes or is being prepared.
    var keptRequests: Int? {
        let records = [current, target, next].compactMap { $0 }.compactMap(record)
        return records.compactMap(\.declaration.comparison?.requests).max()
    }
}
