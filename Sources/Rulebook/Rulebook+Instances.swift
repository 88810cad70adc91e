// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Where an instance stands in the rulebook.
struct InstancePath {
    let deployment: Int
    let instance: Int
}

extension Rulebook {
    subscript(path: InstancePath) -> Instance {
        get { deployments[path.deployment].instances[path.instance] }
        set { deployments[path.deployment].instances[path.instance] = newValue }
    }

    /// Every instance, in order.
    var paths: [InstancePath] {
        deployments.indices.flatMap { deployment in
            deployments[deployment].instances.indices.map {
                InstancePath(deployment: deployment, instance: $0)
            }
        }
    }

    /// The instance whose present run this is: a run of an earlier incarnation finds nothing.
    func find(_ run: Run, _ policy: Policy) -> InstancePath? {
        guard let deployment = index(of: run.instance.key),
            let instance = deployments[deployment].instances.firstIndex(where: {
                guard let live = $0.state.live else { return false }
                return policy.isSame(live.run, run)
            })
        else { return nil }
        return InstancePath(deployment: deployment, instance: instance)
    }

    func index(of key: DeploymentKey) -> Int? {
        deployments.place(of: key, by: \.key)
    }

    func declaration(for instance: Instance) -> DeploymentDeclaration? {
        guard let deployment = index(of: instance.id.key) else { return nil }
        return deployments[deployment].record(instance.revision)?.declaration
    }

    /// Brings an instance to another state; one that holds nothing any more gives its place back.
    mutating func turn(
        _ path: InstancePath,
        to state: InstanceState,
        because reason: String,
        _ work: inout Deliberation
    ) {
        let reservation = self[path].state.reservation
        self[path].state = state
        self[path].since = work.now
        self[path].reason = reason
        work.note(self[path].id, is: state.name, because: reason)
        if let reservation, work.policy.isVacated(state) { capacity.release(reservation) }
    }

    /// Lets an instance go for good.
    mutating func remove(
        _ path: InstancePath,
        because reason: String,
        _ work: inout Deliberation
    ) {
        let instance = self[path]
        deployments[path.deployment].instances.remove(at: path.instance)
        work.note(instance.id, is: .gone, because: reason)
        if let reservation = instance.state.reservation, work.policy.isVacated(nil) {
            capacity.release(reservation)
        }
    }

    /// Starts to end an instance's tree.
    ///
    /// Shape: `endAt` is when its node is told; later than now where it may still leave by itself.
    mutating func stop(
        _ path: InstancePath,
        at endAt: Moment,
        then afterwards: Stopping.Afterwards,
        because reason: String,
        _ work: inout Deliberation
    ) {
        let instance = self[path]
        guard let reservation = instance.state.reservation, let live = instance.state.live else {
            return
        }
        let stopping = Stopping(
            reservation: reservation,
            live: live,
            endAt: endAt,
            afterwards: isLeaving ? .leave : afterwards,
            servedSince: instance.readySince,
            why: reason
        )
        turn(path, to: .stopping(stopping), because: reason, &work)
    }

    /// Lets an instance go, by the gentlest way that its state allows.
    mutating func retire(
        _ path: InstancePath,
        because reason: String,
        _ work: inout Deliberation
    ) {
        let instance = self[path]
        switch instance.state {
        case .waiting, .backingOff, .failed:
            remove(path, because: reason, &work)
        case .starting, .comparing:
            stop(path, at: work.now, then: .leave, because: reason, &work)
        case .serving(let serving):
            let deadline = declaration(for: instance)?.drainDeadline ?? .zero
            let draining = Draining(
                reservation: serving.reservation,
                live: serving.live,
                deadline: work.now + deadline
            )
            turn(path, to: .draining(draining), because: reason, &work)
        case .stopping(var stopping):
            stopping.afterwards = .leave
            turn(path, to: .stopping(stopping), because: reason, &work)
        case .draining:
            break
        }
    }
}
