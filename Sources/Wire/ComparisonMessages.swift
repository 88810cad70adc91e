// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Vocabulary

/// Which run is asked what was asked before, and whose answers its own are compared with.
public struct ComparisonOrder: Codable, Sendable, Hashable {
    /// The run: it is ready, and not routed to.
    public var run: Run
    /// The revision whose answers are taken.
    public var old: Revision
    /// Most requests that are asked.
    public var requests: Int
    /// Numbers that differ by no more than this share of the larger count as equal.
    public var tolerance: Double
    /// When what has been found by then is told.
    public var limitMilliseconds: Int

    /// Makes an order.
    public init(
        run: Run,
        old: Revision,
        requests: Int,
        tolerance: Double,
        limitMilliseconds: Int
    ) {
        self.run = run
        self.old = old
        self.requests = requests
        self.tolerance = tolerance
        self.limitMilliseconds = limitMilliseconds
    }
}

/// What a run answered to what was asked before, beside what callers were answered.
public struct RevisionTally: Codable, Sendable {
    /// The run.
    public var run: Run
    /// Its revision.
    public var new: Revision
    /// Requests that were kept, with an answer of the old revision.
    public var requests: Int
    /// What the answers differ in: the old one is the first.
    public var tally = AnswerTally()
    /// Requests that it did not answer in their time.
    public var unanswered = 0
    /// Requests that only it failed, those without an answer among them.
    public var failed = 0
    /// Whether the time was over before all had been asked.
    public var isCutShort = false

    /// Nothing was asked yet.
    public init(run: Run, new: Revision, requests: Int) {
        self.run = run
        self.new = new
        self.requests = requests
    }
}
