// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Vocabulary
import Wire

/// What two deployments answered to the same requests: one of them live, the other on copies.
public struct DeploymentComparison: Codable, Sendable, Hashable {
    /// One of the two.
    public struct Side: Codable, Sendable, Hashable {
        /// The deployment.
        public var deployment: DeploymentName
        /// The revision of it that answered; nothing where none has yet.
        public var revision: Revision?
        /// How long its answers took from the moment the copy was made; nothing where none came.
        public var latency: Latency?
    }

    /// What so many percent of the answers did not exceed, in microseconds, to within a fifth.
    public struct Latency: Codable, Sendable, Hashable {
        /// Half of them.
        public var p50: UInt64
        /// Nine of ten.
        public var p90: UInt64
        /// All but one in a hundred.
        public var p99: UInt64
    }

    /// Two statuses that came together and differ.
    public struct StatusCount: Codable, Sendable, Hashable {
        /// The live answer's.
        public var live: Int
        /// The mirrored answer's.
        public var mirrored: Int
        /// How often.
        public var count: UInt64
    }

    /// What was found at one place of the answers: `predictions[]` is every element of that array,
    /// `$` a whole body.
    public struct Output: Codable, Sendable, Hashable {
        /// The place.
        public var path: String
        /// Values that both answers had there.
        public var compared: UInt64
        /// Those of them that differed by more than the tolerance.
        public var different: UInt64
        /// The largest difference of two numbers; nothing where there were none.
        public var largestDifference: Double?
        /// How often something was there in the mirrored answer only.
        public var appeared: UInt64
        /// How often something was there in the live answer only.
        public var went: UInt64
    }

    /// What became of the copies since the gateway started, whichever revision they went to.
    public struct Copies: Codable, Sendable, Hashable {
        /// Copies that were made.
        public var made: UInt64
        /// Those that got no answer: their time was over, or their scorer ended.
        public var unanswered: UInt64
        /// Copies that were due and not made, by reason.
        public var shed: [String: UInt64]
    }

    /// The endpoint.
    public var endpoint: EndpointName
    /// The deployment that answered callers.
    public var live: Side
    /// The one whose answers to copies were dropped.
    public var mirrored: Side
    /// Percent of the requests that are copied now.
    public var mirrorPercent: Int
    /// Numbers that differ by no more than this share of the larger count as equal.
    public var tolerance: Double
    /// Pairs of answers that were compared.
    public var compared: UInt64 = 0
    /// Those that are equal, or differ by no more than they may.
    public var equal: UInt64 = 0
    /// Those that differ.
    public var different: UInt64 = 0
    /// Pairs of one status with a body that was too long to keep, or came in parts.
    public var uncompared: UInt64 = 0
    /// The statuses that differed.
    public var statuses: [StatusCount] = []
    /// What was found, in order of path.
    public var outputs: [Output] = []
    /// What became of the copies; nothing where none was due.
    public var copies: Copies?

    /// Two deployments of which nothing was compared yet.
    public init(
        live: DeploymentKey,
        mirrored: DeploymentName,
        mirrorPercent: Int,
        tolerance: Double
    ) {
        endpoint = live.endpoint
        self.live = Side(deployment: live.deployment)
        self.mirrored = Side(deployment: mirrored)
        self.mirrorPercent = mirrorPercent
        self.tolerance = tolerance
    }

    /// The same with what the gateway found.
    public func counting(_ found: MirrorTally, _ mirror: MirrorStatistics?) -> Self {
        var comparison = self
        let tally = found.tally
        comparison.live.revision = found.pair.liveRevision
        comparison.live.latency = Latency(tally.firstLatencies)
        comparison.mirrored.revision = found.pair.mirroredRevision
        comparison.mirrored.latency = Latency(tally.secondLatencies)
        comparison.compared = tally.equal + tally.different
        comparison.equal = tally.equal
        comparison.different = tally.different
        comparison.uncompared = tally.uncompared
        comparison.statuses = tally.statuses.map { pair in
            StatusCount(
                live: pair.statuses.first,
                mirrored: pair.statuses.second,
                count: pair.count
            )
        }
        comparison.outputs = tally.outputs.sorted { $0.key < $1.key }.map { path, found in
            Output(
                path: path,
                compared: found.compared,
                different: found.differing,
                largestDifference: found.largestDifference,
                appeared: found.appeared,
                went: found.went
            )
        }
        return comparison.counting(mirror)
    }

    /// The same with what became of the copies.
    public func counting(_ mirror: MirrorStatistics?) -> Self {
        var comparison = self
        comparison.copies = mirror.map { mirror in
            Copies(made: mirror.copied, unanswered: mirror.unanswered, shed: mirror.shed)
        }
        return comparison
    }
}

extension DeploymentComparison.Latency {
    fileprivate init?(_ latencies: AnswerLatencies) {
        guard let median = latencies.percentile(50), let most = latencies.percentile(90),
            let nearlyAll = latencies.percentile(99)
        else { return nil }
        p50 = median
        p90 = most
        p99 = nearlyAll
    }
}
