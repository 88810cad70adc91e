// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// A rulebook with a machine that does what it is told, at once, unless a test says otherwise.
struct Stage {
    var rulebook = Rulebook()
    var now = Moment(nanoseconds: 1_000_000_000)
    /// Every effect so far, in order.
    var effects: [Effect] = []
    /// Revisions whose runs never say ready.
    var silent: [Revision] = []
    /// What revisions answer to what was asked before; one that is not here never answers.
    var found: [Revision: RevisionComparison] = [:]
    /// Runs that answer no probe.
    var unwell: [Run] = []
    var nodes: [NodeName]

    static let key = InstanceID("iris/default/1").map(\.key) ?? fallback
    static let other = DeploymentName("other") ?? .dropped
    static let node = NodeName(number: 1)
    private static let fallback = DeploymentKey(endpoint: known("iris"), deployment: .dropped)

    private static func known(_ text: String) -> EndpointName {
        guard let name = EndpointName(text) else { fatalError("'\(text)' is not a name") }
        return name
    }

    /// A machine that has joined: `nodes` nodes of `millicores` each, and a gateway.
    init(nodes count: Int = 1, millicores: Int = 64_000) {
        nodes = (1...count).map { NodeName(number: $0) }
        hear(.began(nodes: nodes))
        for node in nodes { join(node, millicores: millicores) }
        hear(.gatewayJoined([]))
    }

    /// A machine of which nothing has been heard yet.
    static func unjoined() -> Stage {
        var stage = Stage()
        stage.rulebook = Rulebook()
        stage.hear(.began(nodes: stage.nodes))
        return stage
    }

    /// Tells the rulebook something and carries out nothing.
    @discardableResult
    mutating func hear(_ event: Event) -> Decision {
        let decision = rulebook.decide(event, at: now)
        effects += decision.effects
        return decision
    }

    mutating func join(_ node: NodeName, millicores: Int = 64_000, held: [HeldProcess] = []) {
        hear(
            .nodeJoined(
                NodeInventory(
                    name: node,
                    millicores: millicores,
                    memoryBytes: 64 << 30,
                    isolation: .limited,
                    held: held
                )
            )
        )
    }

    /// Tells the rulebook something and does everything that comes of it.
    @discardableResult
    mutating func play(_ event: Event) -> Decision {
        playAll(event)[0]
    }

    /// The same, with all that is decided meanwhile.
    mutating func playAll(_ event: Event) -> [Decision] {
        var decisions = [hear(event)]
        var todo = decisions[0].effects
        while !todo.isEmpty {
            for answer in answers(to: todo.removeFirst()) {
                decisions.append(hear(answer))
                todo += decisions[decisions.count - 1].effects
            }
        }
        return decisions
    }

    /// What comes of effects when each is carried out at once.
    func answers(to effects: [Effect]) -> [Event] { effects.flatMap { answers(to: $0) } }

    private func answers(to effect: Effect) -> [Event] {
        switch effect {
        case .prepare(let key, let revision): [.prepared(key, revision)]
        case .spawn(let run, _, _): [.spawned(run, pid: 7)]
        case .openLane(let run, _, let revision): silent.contains(revision) ? [] : [.ready(run)]
        case .drain(let run): [.drained(run), .exited(run, ExitReport(cause: .exited(status: 0)))]
        case .end(let run, _): [.exited(run, ExitReport(cause: .signalled(9)))]
        case .probe(let run, let kind, _):
            [.probed(run, kind, succeeded: !unwell.contains(run))]
        case .compare(let run, let revision, _, _):
            found[revision].map { [.compared(run.instance.key, revision, $0)] } ?? []
        case .discard, .closeLane, .publish, .unpublish, .startNode, .startGateway, .retireGateway,
            .farewell, .notice:
            []
        }
    }

    /// Lets time pass, and every deadline in it.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let next = rulebook.nextDeadline, next <= end {
            now = max(now, next)
            play(.tick)
        }
        now = end
    }

    static func declaration(
        _ number: Int,
        instances: Int = 1,
        type: InstanceType = .shared,
        rule: FailureRule? = nil,
        probes: ProbeRules? = nil,
        startDeadline: Duration = .seconds(300),
        comparison: ComparisonRule? = nil
    ) -> DeploymentDeclaration {
        DeploymentDeclaration(
            key: key,
            revision: Revision(number: number),
            instances: instances,
            instanceType: type,
            environment: "environment",
            model: "model \(number)",
            startDeadline: startDeadline,
            failureRule: rule,
            probes: probes,
            comparison: comparison
        )
    }

    static func run(_ ordinal: Int, _ incarnation: Int) -> Run {
        Run(instance: InstanceID(key: key, ordinal: ordinal), incarnation: incarnation)
    }

    var deployment: DeploymentView? { rulebook.status.deployments.first }

    /// What the gateway was told last of the deployment.
    var published: PublishedDeployment? {
        effects.reversed().lazy.compactMap { effect in
            if case .publish(let endpoint) = effect { endpoint.deployments.first } else { nil }
        }.first
    }
}
