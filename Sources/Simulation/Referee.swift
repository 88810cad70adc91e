// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// A second model of the world that shares no code with the first and judges it.
///
/// It knows three things: the facts of the simulated world, the events that were delivered, and the
/// effects that came of them. Of the rulebook it reads nothing else.
struct Referee {
    /// A process that exists, or an order for one that is under way.
    struct Process {
        let run: Run
        let node: NodeName
        let revision: Revision
    }

    /// What it knows of one revision.
    struct Version {
        var declaration: DeploymentDeclaration
        var isPrepared = false
        /// Whether a run of it was ever reported ready.
        var hasServed = false
        /// Whether the rulebook has had reason to give it up.
        var mayBeGivenUp = false
    }

    /// What it knows of one instance's deaths, from delivered events alone.
    struct Record {
        var unreadyDeaths = 0
        var lastDeath: Moment?
        var deathsInARow = 0
        var readySince: Moment?
        /// The last run that was routed to.
        var routed: Run?
    }

    var now = Moment.zero
    private(set) var violation: Violation?
    private(set) var checks: [Int] = Sentence.allCases.map { _ in 0 }

    // What is true.
    var processes: [Process] = []
    var shares: [NodeName: Demand] = [:]

    // What was asked for and granted.
    var versions: [DeploymentKey: [Version]] = [:]
    var withdrawn: Set<DeploymentKey> = []
    var traffic: [EndpointName: TrafficDeclaration] = [:]
    var isLeaving = false
    var rollouts = RolloutRecords()
    var comparisons = ComparisonRecords()
    var drained: Set<NodeName> = []
    /// Nodes that are there and answer nothing.
    var silent: Set<NodeName> = []
    /// When anything was started last.
    var lastStart = Moment.zero
    /// What the probes of runs that serve have come to.
    var probes: [Run: ProbeRecord] = [:]

    // What was told to the rulebook.
    var joined: Set<NodeName> = []
    var isGatewayJoined = false
    /// Runs of whose process the supervisor's present life was told.
    var known: Set<Run> = []
    /// Nodes that have joined or were reported lost since the supervisor's present life began.
    var heard: Set<NodeName> = []
    var isGatewayHeard = false
    var ready: [Run] = []
    var lanes: Set<Run> = []
    var records: [InstanceID: Record] = [:]
    /// Starts in a row that never got ready, whether or not the supervisor can remember them.
    var vainStarts: [InstanceID: Int] = [:]

    // What the rulebook has done.
    var spawned: Set<Run> = []
    var routed: [DeploymentKey: [Run]] = [:]
    var revisions: [Run: Revision] = [:]
    var nodes: [Run: NodeName] = [:]
    /// Instances that were started and are not gone, processes or not, with their revisions.
    var held: [InstanceID: Revision] = [:]
    /// Runs that the supervisor forgot: their number may be given again when nothing tells of them.
    var strangers: Set<Run> = []
    /// Runs that were ever reported ready.
    var answered: Set<Run> = []
    /// Runs of whose end the rulebook has been told.
    var ended: Set<Run> = []
    /// Runs that are gone, of whose end it has not been told: it goes on taking them for there.
    var untold: Set<Run> = []
    /// Runs that it has had drained or ended, or must: they serve nobody, whatever they still hold.
    var dismissed: Set<Run> = []

    mutating func check(
        _ sentence: Sentence,
        _ holds: Bool,
        _ what: @autoclosure () -> String
    ) {
        if let index = Sentence.allCases.firstIndex(of: sentence) { checks[index] += 1 }
        if holds || violation != nil { return }
        violation = Violation(
            sentence: sentence,
            what: what(),
            seconds: Double(now.nanoseconds) / 1e9
        )
    }

    func version(_ key: DeploymentKey, _ revision: Revision) -> Version? {
        versions[key]?.first { $0.declaration.revision == revision }
    }

    mutating func change(
        _ key: DeploymentKey,
        _ revision: Revision,
        _ body: (inout Version) -> Void
    ) {
        guard let index = versions[key]?.firstIndex(where: { $0.declaration.revision == revision })
        else { return }
        if var list = versions[key] {
            body(&list[index])
            versions[key] = list
        }
    }

    /// The revisions that bound how many may be held or must serve: what is held, and what was
    /// granted last.
    func inPlay(_ key: DeploymentKey) -> [Version] {
        let known = versions[key] ?? []
        return known.enumerated().compactMap { index, version in
            let revision = version.declaration.revision
            let isHeld = held.contains { $0.key.key == key && $0.value == revision }
            return isHeld || index == known.count - 1 ? version : nil
        }
    }
}
