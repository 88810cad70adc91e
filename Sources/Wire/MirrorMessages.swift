// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Vocabulary

/// Which mirrored requests have their two answers compared, and how closely.
public struct MirrorComparison: Codable, Sendable, Hashable {
    /// Percent of the mirrored requests, 1 to 100.
    public var samplePercent: Int
    /// Numbers that differ by no more than this share of the larger count as equal.
    public var tolerance: Double

    /// Says what is compared.
    public init(samplePercent: Int = 100, tolerance: Double = 0) {
        self.samplePercent = samplePercent
        self.tolerance = tolerance
    }
}

/// What the gateway counted of the copies that one deployment got of live requests.
public struct MirrorStatistics: Codable, Sendable, Hashable {
    /// Copies that were made.
    public var copied: UInt64
    /// Its answers to them by its scorers' HTTP status.
    public var answers: [Int: UInt64]
    /// Answers in each bucket of `DeploymentStatistics.latencyBounds`, from when the copy was made.
    public var latencyCounts: [UInt64]
    /// Sum of those latencies in microseconds.
    public var latencySum: UInt64
    /// Copies that got no answer: their time was over, or their scorer ended.
    public var unanswered: UInt64
    /// Copies that were due and not made, by reason.
    public var shed: [String: UInt64]
    /// Copies waiting for a lane now.
    public var waiting: Int
    /// Copies bound to a lane now.
    public var bound: Int

    /// Makes counters.
    public init(
        copied: UInt64,
        answers: [Int: UInt64],
        latencyCounts: [UInt64],
        latencySum: UInt64,
        unanswered: UInt64,
        shed: [String: UInt64],
        waiting: Int,
        bound: Int
    ) {
        self.copied = copied
        self.answers = answers
        self.latencyCounts = latencyCounts
        self.latencySum = latencySum
        self.unanswered = unanswered
        self.shed = shed
        self.waiting = waiting
        self.bound = bound
    }
}

/// How the answers of a mirrored deployment compare with the live ones.
public struct MirrorTally: Codable, Sendable {
    /// Whose answers are compared.
    public struct Pair: Codable, Sendable, Hashable {
        /// The deployment that answered callers.
        public var live: DeploymentKey
        /// The revision of it that did.
        public var liveRevision: Revision
        /// The deployment that got the copies.
        public var mirrored: DeploymentKey
        /// The revision of it that answered them.
        public var mirroredRevision: Revision

        /// Names a pair.
        public init(
            live: DeploymentKey,
            liveRevision: Revision,
            mirrored: DeploymentKey,
            mirroredRevision: Revision
        ) {
            self.live = live
            self.liveRevision = liveRevision
            self.mirrored = mirrored
            self.mirroredRevision = mirroredRevision
        }
    }

    /// Whose answers.
    public var pair: Pair
    /// What they differed in: the live answer is the first.
    public var tally: AnswerTally

    /// Makes a tally.
    public init(pair: Pair, tally: AnswerTally) {
        self.pair = pair
        self.tally = tally
    }
}
