// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Back to what was there before.
extension Rulebook {
    /// Keeps every deployment's promise in step with what is wanted of it.
    mutating func steerCapacity(_ work: inout Deliberation) {
        for deployment in deployments {
            let promise = deployment.promise(work.policy)
            capacity.pledge(
                deployment.key,
                each: promise.demand,
                required: promise.required,
                limit: promise.limit
            )
        }
        capacity.arrange(work.policy)
    }

    /// Finds another place for instances whose node is gone or has shrunk.
    mutating func steerRecovery(_ work: inout Deliberation) {
        // A place that is believed to be without a process may have one until all have spoken.
        guard isEveryoneHeard else { return }
        for path in paths.reversed() {
            let instance = self[path]
            guard let reservation = instance.state.reservation, instance.state.live == nil else {
                continue
            }
            let isShort = capacity.isOvercommitted(reservation.node)
            guard isShort || !capacity.isOpen(reservation.node) else { continue }
            if let found = capacity.relocate(reservation, work.policy)
                ?? relocateInstead(path, reservation, &work)
            {
                let reason = "'\(reservation.node)' cannot take it, '\(found.node)' can"
                switch instance.state {
                case .backingOff(let state):
                    let moved = BackingOff(reservation: found, until: state.until)
                    turn(path, to: .backingOff(moved), because: reason, &work)
                default:
                    let moved = Waiting(reservation: found)
                    turn(path, to: .waiting(moved), because: reason, &work)
                }
            } else if isShort {
                remove(path, because: "'\(reservation.node)' is smaller than it was", &work)
            }
        }
    }

    /// Finds a place for one that served by taking that of one which never has: recovery goes first.
    private mutating func relocateInstead(
        _ path: InstancePath,
        _ reservation: Reservation,
        _ work: inout Deliberation
    ) -> Reservation? {
        guard self[path].incarnation > 0, !capacity.isJoined(reservation.node),
            let spare = deployments[path.deployment].instances.lastIndex(where: {
                $0.state.name == .waiting && $0.incarnation == 0
                    && $0.state.reservation.map { capacity.isOpen($0.node) } == true
            }), spare > path.instance
        else { return nil }
        let other = InstancePath(deployment: path.deployment, instance: spare)
        remove(other, because: "\(self[path].id) has lost its node and needs the place", &work)
        return capacity.relocate(reservation, work.policy)
    }

    /// Whether an instance must not be started for the first time, since its rollout is paused.
    private func isHeldBack(_ path: InstancePath, _ policy: Policy) -> Bool {
        let deployment = deployments[path.deployment]
        return deployment.isPaused && policy.heedsPause() && self[path].incarnation == 0
            && self[path].revision == deployment.target && self[path].replaces == nil
    }

    private func mayStart(_ path: InstancePath, _ policy: Policy) -> Bool {
        guard case .waiting(let waiting) = self[path].state,
            let record = deployments[path.deployment].record(self[path].revision),
            !isHeldBack(path, policy)
        else { return false }
        let node = waiting.reservation.node
        let key = self[path].id.key
        let question = Policy.SpawnQuestion(
            isEveryoneHeard: isEveryoneHeard,
            isNodeJoined: capacity.isReachable(node),
            isStrayNear: strays.contains { $0.node == node || $0.run.instance.key == key }
        )
        return policy.maySpawn(question) && policy.mayStart(record.isPrepared)
    }

    /// What can be started, in the order that gets traffic served soonest.
    ///
    /// First one instance of each deployment that has traffic and none that runs, of a revision that
    /// has served before where there is one; then the others.
    private func startOrder(_ policy: Policy) -> [InstancePath] {
        let waiting = paths.filter { mayStart($0, policy) }
        guard policy.startsSoonest(), waiting.count > 1 else { return waiting }
        var soonest: [Int: Int] = [:]
        for path in waiting where serves(path.deployment) == false {
            let isProven = { (instance: Int) in
                let deployment = deployments[path.deployment]
                return deployment.record(deployment.instances[instance].revision)?.isProven == true
            }
            let known = soonest[path.deployment]
            if known == nil || (known.map(isProven) == false && isProven(path.instance)) {
                soonest[path.deployment] = path.instance
            }
        }
        let isFirst = { (path: InstancePath) in soonest[path.deployment] == path.instance }
        return waiting.filter(isFirst) + waiting.filter { !isFirst($0) }
    }

    /// Whether a run of a deployment is there or coming; nothing where it has no traffic.
    private func serves(_ index: Int) -> Bool? {
        let deployment = deployments[index]
        guard let declared = (deployment.steered ?? deployment.wanted)?.declaration,
            percent(of: deployment, as: declared) > 0
        else { return nil }
        return deployment.instances.contains {
            !$0.state.isLeaving && $0.state.name != .stopping && $0.state.live != nil
        }
    }

    /// Starts every instance that has a place and may be started.
    mutating func steerStarts(_ work: inout Deliberation) {
        for path in startOrder(work.policy) {
            guard case .waiting(let waiting) = self[path].state,
                let record = deployments[path.deployment].record(self[path].revision)
            else { continue }
            let node = waiting.reservation.node
            let reason = self[path].reason
            let run = self[path].nextRun()
            let starting = Starting(
                reservation: waiting.reservation,
                live: LiveRun(run),
                deadline: work.now + record.declaration.startDeadline
            )
            turn(path, to: .starting(starting), because: reason, &work)
            work.add(.spawn(run, on: node, revision: record.revision), because: reason)
        }
    }
}
