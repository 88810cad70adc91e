// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is shown of the rulebook; nothing here decides.
extension Rulebook {
    /// Everything that a person is shown.
    public var status: StatusView {
        StatusView(
            nodes: nodes.map { node in
                let reserved = capacity.reserved(on: node.name)
                let total = capacity.shares.first { $0.node == node.name }?.total
                return NodeView(
                    name: node.name,
                    isJoined: node.peer.isJoined,
                    isDrained: capacity.isDrained(node.name),
                    isSilent: capacity.isSilent(node.name),
                    instances: paths.count {
                        self[$0].state.reservation?.node == node.name
                    },
                    millicores: total?.millicores,
                    reservedMillicores: reserved.millicores,
                    memoryBytes: node.memoryBytes,
                    isolation: node.isolation
                )
            },
            isGatewayJoined: gateway.peer.isJoined,
            endpoints: traffic,
            deployments: deployments.map { deployment in
                deployment.view(
                    percent: percent(of: deployment, as: deployment.declared),
                    mirrored: traffic(of: deployment.key.endpoint)?
                        .mirrored(to: deployment.key.deployment) ?? 0
                )
            }
        )
    }

    /// What a person is shown of one endpoint; of nodes, what it has there.
    public func status(of endpoint: EndpointName) -> StatusView {
        restricted(to: [endpoint]).status
    }

    /// What was declared as this revision, while anything uses it; for the newest, always.
    public func declaration(
        of key: DeploymentKey,
        _ revision: Revision
    ) -> DeploymentDeclaration? {
        guard let index = index(of: key) else { return nil }
        let deployment = deployments[index]
        if let record = deployment.record(revision) { return record.declaration }
        return deployment.declared.revision == revision ? deployment.declared : nil
    }

    /// What was declared last of a deployment that is not withdrawn, given up or not.
    public func declaration(of key: DeploymentKey) -> DeploymentDeclaration? {
        guard let index = index(of: key), !deployments[index].isWithdrawn else { return nil }
        return deployments[index].declared
    }

    /// Whether the newest revision of a deployment is this one, and was given up.
    public func isGivenUp(_ key: DeploymentKey, _ revision: Revision) -> Bool {
        guard let index = index(of: key) else { return false }
        return deployments[index].halt?.revision == revision
    }

    /// Whether the newest revision of a deployment is this one, and somebody undid it.
    public func isUndone(_ key: DeploymentKey, _ revision: Revision) -> Bool {
        guard let index = index(of: key), let halt = deployments[index].halt else { return false }
        return halt.revision == revision && halt.isUndone == true
    }

    /// Whether the newest revision of a deployment is this one and is not tried again by itself:
    /// somebody undid it, or its answers differ from those of the one before.
    public func staysAway(_ key: DeploymentKey, _ revision: Revision) -> Bool {
        guard let index = index(of: key), let halt = deployments[index].halt else { return false }
        return halt.revision == revision && halt.isLasting
    }

    /// The revision that a deployment was brought to last and that was not given up.
    public func wantedRevision(of key: DeploymentKey) -> Revision? {
        index(of: key).flatMap { deployments[$0].wanted?.revision }
    }

    /// Deployments whose answers are watched now, revision by revision, in order.
    public var watched: [DeploymentKey] {
        let watched = findings.watched
        return watched.isEmpty ? [] : watched.values.flatMap(\.self).sorted()
    }

    /// The lowest number that a new revision of a deployment may have.
    public func nextRevision(of key: DeploymentKey) -> Revision {
        if let index = index(of: key) { return deployments[index].declared.revision.next }
        return departed.memory(of: key)?.newest.next ?? Revision(number: 1)
    }

    /// Every revision whose model and environment must stay, in order; anything else may be swept
    /// away when a life of the supervisor begins.
    public var revisionsInUse: [DeploymentDeclaration] {
        deployments.flatMap { deployment in deployment.revisions.map(\.declaration) }
    }

    /// Those of one deployment.
    public func revisionsInUse(of key: DeploymentKey) -> [Revision] {
        index(of: key).map { deployments[$0].revisions.map(\.revision) } ?? []
    }

    /// Whether a run's start may take its time: as many serve without it as are wanted of what stands.
    public func mayWait(_ run: Run) -> Bool {
        guard let index = index(of: run.instance.key) else { return false }
        return deployments[index].serving >= leastWanted(index)
    }

    /// The node of a run that has a place.
    public func node(of run: Run) -> NodeName? {
        find(run, .standard).flatMap { self[$0].state.reservation?.node }
    }

    /// Whether a run may have a process: what a log file or a lane of it is still needed for.
    public func mayBeAlive(_ run: Run) -> Bool {
        find(run, .standard) != nil || strays.contains { $0.run == run }
    }
}

extension Deployment {
    func view(percent: Int, mirrored: Int) -> DeploymentView {
        let phase = phase
        return DeploymentView(
            key: key,
            current: current,
            incoming: next ?? target,
            givenUp: halt?.revision,
            percent: percent,
            mirrorPercent: mirrored,
            wanted: isWithdrawn ? 0 : (steered ?? wanted)?.declaration.instances ?? 0,
            serving: serving,
            state: phase.state,
            sentence: phase.sentence,
            rollout: rolloutView,
            problem: halt?.problem,
            instances: instances.map(\.view)
        )
    }

    private var phase: (state: DeploymentState, sentence: String) {
        if isWithdrawn {
            let rest = Counted(instances.count, "instance")
            let leaving = rest.verb("is on its way out", "are on their way out")
            return (.leaving, "was withdrawn; \(rest) \(leaving)")
        }
        guard let steered else {
            if let next { return (.preparing, "\(next) is being prepared") }
            return (.failed, halt?.problem.description ?? "nothing of it can be started")
        }
        if let despair { return (.failed, despair) }
        let wanted = steered.declaration.instances
        let fresh = instances.filter { $0.revision == steered.revision && !$0.state.isLeaving }
        let ready = fresh.count { $0.isServing }
        let isShort = fresh.count < wanted && instances.allSatisfy { !$0.state.isLeaving }
        let serving = Counted(ready, of: wanted, "instance")
        let serve = serving.verb("serves", "serve")
        let halted = halt.map(\.sentence) ?? ""
        if target != nil, current == nil {
            if isShort && fresh.isEmpty {
                return (.waitingForCapacity, "\(steered.revision) waits for room on a node")
            }
            return (.starting, "\(serving) of \(steered.revision) \(serve)")
        }
        if let target {
            let room = isShort && !isPaused ? "; \(whyNoMore)" : ""
            let pause = isPaused ? "; its rollout is paused" : ""
            let compared = rolloutView?.state == .comparing ? "; its answers are compared" : ""
            let way =
                "\(target) is on its way in: \(serving) \(serve)\(room)\(pause)\(compared)"
            return (.rollingOut, way + halted)
        }
        if let next {
            let prepared = isPaused ? "its rollout is paused" : "\(next) is being prepared"
            return (.rollingOut, "\(serving) \(serve); \(prepared)")
        }
        if ready >= wanted {
            let all = Counted(ready, "instance")
            return (.serving, "\(all) \(all.verb("serves", "serve"))\(halted)")
        }
        if isShort {
            let sentence = "\(serving) \(serve); no node has room for more\(halted)"
            return (.waitingForCapacity, sentence)
        }
        return (.recovering, "\(serving) \(serve)\(halted)")
    }
}

extension Deployment {
    /// Why no more of what is on its way in start: what it may hold is held, or there is no room.
    private var whyNoMore: String {
        let promise = promise(.standard)
        let held = instances.count { $0.state.reservation != nil }
        guard held >= promise.limit, let steered else { return "no node has room for one more" }
        let wanted = steered.declaration.instances
        let surge = Counted(Policy.standard.surge(wanted), "instance")
        return "its surge of \(surge) is in use, and the next starts when one has left"
    }
}

extension Deployment.Halt {
    /// What follows the sentence about what stands.
    fileprivate var sentence: String {
        isUndone == true ? "; \(revision) was undone" : "; \(revision) was given up: \(problem)"
    }
}

extension Instance {
    var view: InstanceView {
        InstanceView(
            id: id,
            revision: revision,
            state: state.name,
            run: state.live?.run,
            pid: state.live?.pid,
            node: state.reservation?.node,
            restarts: restarts,
            since: since,
            problem: problem
        )
    }
}
