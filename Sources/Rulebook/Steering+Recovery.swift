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
            guard isShort || !capacity.isJoined(reservation.node) else { continue }
            if let found = capacity.relocate(reservation, work.policy) {
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

    /// Starts every instance that has a place and may be started.
    mutating func steerStarts(_ work: inout Deliberation) {
        for path in paths {
            guard case .waiting(let waiting) = self[path].state,
                let record = deployments[path.deployment].record(self[path].revision)
            else { continue }
            let node = waiting.reservation.node
            let id = self[path].id
            let question = Policy.SpawnQuestion(
                isEveryoneHeard: isEveryoneHeard,
                isNodeJoined: capacity.isJoined(node),
                isStrayNear: strays.contains { $0.node == node || $0.run.instance.key == id.key }
            )
            guard work.policy.maySpawn(question), work.policy.mayStart(record.isPrepared) else {
                continue
            }
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
