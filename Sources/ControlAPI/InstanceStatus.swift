// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// One instance and the run that it lives in.
public struct InstanceStatus: Codable, Sendable, Hashable {
    /// What an instance is doing.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// It has a reservation, or waits for one, and no process.
        case waiting
        /// Its process loads the model.
        case starting
        /// It answers what was asked before, and nobody else: its answers are compared.
        case comparing
        /// It answers requests.
        case serving
        /// It finishes what it has and takes nothing new.
        case draining
        /// Its process is being ended.
        case stopping
        /// Its process ended; it waits before the next start.
        case backingOff
        /// It is not started again by itself.
        case failed
    }

    /// Its identity: what `scorekeeper explain` takes.
    public var id: InstanceID
    /// The revision that it serves.
    public var revision: Revision
    /// What it is doing.
    public var state: State
    /// Which life it is in, from 1; 0 before the first.
    public var incarnation: Int
    /// Its scorer's process; nothing while there is none.
    public var pid: Int32?
    /// The node that it is placed on; nothing while it waits for room.
    public var node: NodeName?
    /// The level that its process got; nothing while there is none.
    public var isolation: IsolationLevel?
    /// Whether its process was forked from a warmed parent; nothing while there is none.
    public var warm: Bool?
    /// How often it was started again.
    public var restarts: Int
    /// When it came into its state.
    public var since: Date
    /// What went wrong last; nothing while all is well.
    public var problem: String?
    /// What its process was given and is kept from; nothing while there is none.
    public var enclosure: Enclosure?
    /// What its scorer told of its model; nothing while there is none, or where it told nothing.
    public var facts: ScorerFacts?
    /// The metrics that its scorer publishes; nothing while it publishes none.
    public var metrics: [ScorerMetric]?

    /// Makes an instance's facts.
    public init(
        id: InstanceID,
        revision: Revision,
        state: State,
        incarnation: Int,
        pid: Int32?,
        node: NodeName?,
        isolation: IsolationLevel?,
        warm: Bool?,
        restarts: Int,
        since: Date,
        problem: String? = nil,
        enclosure: Enclosure? = nil,
        facts: ScorerFacts? = nil,
        metrics: [ScorerMetric]? = nil
    ) {
        self.id = id
        self.revision = revision
        self.state = state
        self.incarnation = incarnation
        self.pid = pid
        self.node = node
        self.isolation = isolation
        self.warm = warm
        self.restarts = restarts
        self.since = since
        self.problem = problem
        self.enclosure = enclosure
        self.facts = facts
        self.metrics = metrics
    }
}
