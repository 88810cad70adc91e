// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Something that happened: the only way in for anything the rulebook knows.
///
/// An event is either *requested* by a person or program, and may be refused, or *observed*, and is
/// a fact whether or not it can be written down.
public enum Event: Codable, Hashable, Sendable {
    /// A life of the supervisor began: the first event of each, before any other.
    ///
    /// Nothing is known of the nodes and the gateway until each has joined or is reported lost, and
    /// until then nothing is spawned. A node that the last life knew and this list does not name is
    /// taken for lost.
    case began(nodes: [NodeName])
    /// Requested: a deployment shall be as declared.
    case declared(DeploymentDeclaration)
    /// Requested: a deployment shall be gone.
    case withdrawn(DeploymentKey)
    /// Requested: an endpoint shall share its requests out so.
    case trafficDeclared(TrafficDeclaration)
    /// Requested: an endpoint shall be gone, and every deployment behind it.
    case endpointWithdrawn(EndpointName)
    /// Requested: the rollout of a deployment stands still until it is resumed.
    case rolloutPaused(DeploymentKey)
    /// Requested: a paused rollout goes on.
    case rolloutResumed(DeploymentKey)
    /// Requested: the revision before serves again, whether the rollout has ended or not.
    case rolloutUndone(DeploymentKey)
    /// Requested: a node holds nothing any more as soon as others can hold it, and gets nothing new.
    case nodeDrained(NodeName)
    /// Requested: a node that was drained may be given instances again.
    case nodeUndrained(NodeName)
    /// Observed: so many answers a revision gave since it was asked last, and how many of them
    /// failed (5xx and 424).
    case answered(DeploymentKey, Revision, answers: Int, failures: Int)
    /// Observed: the environment of this revision is built and its model copied.
    case prepared(DeploymentKey, Revision)
    /// Observed: this revision can never be started.
    case preparationFailed(DeploymentKey, Revision, Problem)
    /// Observed: a node gives out this much, whether or not it is there yet.
    case nodeSized(NodeName, millicores: Int)
    /// Observed: a node said hello, and these are all the runs it holds.
    ///
    /// Exits that the node reports while it says hello are told first, as `exited`. Orders of an
    /// earlier connection that the node has not carried out by then are never carried out.
    case nodeJoined(NodeInventory)
    /// Observed: a node is dead, and everything it held with it.
    case nodeLost(NodeName)
    /// Observed: a node that is there answers nothing: it is stopped, or gets no time.
    ///
    /// What its scorers do is not its doing: they serve on.
    case nodeSilent(NodeName)
    /// Observed: a node that was silent answers again; all that it had to tell follows.
    case nodeHeard(NodeName)
    /// Observed: the run never had a process.
    case nodeRefused(Run, Problem)
    /// Observed: the run has a process.
    case spawned(Run, pid: Int32)
    /// Observed by the gateway: the run's scorer can answer.
    case ready(Run)
    /// Observed by the gateway: the run's scorer said why it cannot start.
    case startFailed(Run, String)
    /// Observed: the run's whole tree is gone. Also a node's answer to `end` for a run that it does
    /// not hold, with the cause `lost`.
    case exited(Run, ExitReport)
    /// Observed: the gateway threw the run's lane away.
    case ejected(Run, String)
    /// Observed by the gateway: the run's work loop answered a probe in time, or did not.
    case probed(Run, ProbeKind, succeeded: Bool)
    /// Observed by the gateway: what a run of a revision answered to recent requests, beside what
    /// callers were answered before.
    case compared(DeploymentKey, Revision, RevisionComparison)
    /// Observed by the gateway: the run holds no request and has been told to leave.
    case drained(Run)
    /// Observed: a gateway said hello, and these are all the lanes it holds.
    case gatewayJoined([HeldLane])
    /// Observed: the gateway is dead, and its lanes and routes with it.
    case gatewayLost
    /// Observed: the moment that `nextDeadline` named has come.
    case tick
    /// Observed: the server is told to shut down; what was declared stays declared.
    case leave

    /// Whether somebody asked for this and can be told no.
    ///
    /// What was requested is refused when it cannot be made durable; what was observed is acted on
    /// even then.
    public var isRequested: Bool {
        switch self {
        case .declared, .withdrawn, .trafficDeclared, .endpointWithdrawn, .rolloutPaused,
            .rolloutResumed, .rolloutUndone, .nodeDrained, .nodeUndrained:
            true
        default: false
        }
    }
}

/// What a node says of itself when it joins.
public struct NodeInventory: Codable, Hashable, Sendable {
    /// The node's name.
    public let name: NodeName
    /// Thousandths of a core that the node may give out.
    public let millicores: Int
    /// Bytes of memory that the node may give out.
    public let memoryBytes: Int64
    /// The highest isolation level that works there.
    public let isolation: IsolationLevel
    /// Every run that the node holds.
    public let held: [HeldProcess]

    /// Makes an inventory.
    public init(
        name: NodeName,
        millicores: Int,
        memoryBytes: Int64,
        isolation: IsolationLevel,
        held: [HeldProcess] = []
    ) {
        self.name = name
        self.millicores = millicores
        self.memoryBytes = memoryBytes
        self.isolation = isolation
        self.held = held
    }
}

/// A run that a node holds.
public struct HeldProcess: Codable, Hashable, Sendable {
    /// The run that it is.
    public let run: Run
    /// The scorer's pid as the host sees it; nothing while it is being made: `spawned` or
    /// `nodeRefused` follows.
    public let pid: Int32?

    /// Makes an inventory's row.
    public init(run: Run, pid: Int32?) {
        self.run = run
        self.pid = pid
    }
}

/// A lane that the gateway holds.
public struct HeldLane: Codable, Hashable, Sendable {
    /// The run at its other end.
    public let run: Run
    /// Whether the run's scorer has said over this lane that it can answer.
    public let isReady: Bool

    /// Makes an inventory's row.
    public init(run: Run, isReady: Bool) {
        self.run = run
        self.isReady = isReady
    }
}
