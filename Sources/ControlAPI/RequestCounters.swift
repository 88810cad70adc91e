// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Wire

/// What the gateway counted for one deployment since it started.
public struct RequestCounters: Codable, Sendable, Hashable {
    /// Answers by HTTP status.
    public var answers: [Int: UInt64]
    /// Requests waiting for a lane now.
    public var waiting: Int
    /// Requests bound to a lane now.
    public var bound: Int
    /// Requests that were scored again after their scorer died.
    public var redispatched: UInt64
    /// Requests dropped unseen: their client had gone or their deadline passed.
    public var abandoned: UInt64
    /// What it got of copies of live requests; nothing where it never got one.
    public var mirrored: MirrorStatistics?

    /// Takes what people and programs ask for out of the gateway's counters.
    public init(_ statistics: DeploymentStatistics) {
        answers = statistics.answers
        waiting = statistics.waiting
        bound = statistics.bound
        redispatched = statistics.redispatched
        abandoned = statistics.abandoned
        mirrored = statistics.mirrored
    }

    /// Answers of every status.
    public var total: UInt64 { answers.reduce(0) { $0 + $1.value } }
}
