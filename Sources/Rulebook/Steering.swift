// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is wanted against what is held: the next safe steps, after every event.
extension Rulebook {
    /// Passes that always suffice: needing more would mean that two rules undo each other.
    private static let passes = 50

    mutating func steer(_ work: inout Deliberation) {
        for _ in 0..<Self.passes {
            let before = work.changes
            pass(&work)
            if before == work.changes { return }
        }
        assertionFailure("steering finds no rest: \(self)")
    }

    /// Every rule once: recovery before rollouts, and a route before what relies on it.
    private mutating func pass(_ work: inout Deliberation) {
        steerPeers(&work)
        steerDeadlines(&work)
        if isLeaving {
            steerLeaving(&work)
        } else {
            steerRevisions(&work)
            steerRetirement(&work)
            steerCapacity(&work)
            steerRecovery(&work)
            steerMoves(&work)
            steerRollout(&work)
            steerEvenness(&work)
            steerStarts(&work)
            steerLanes(&work)
            steerComparisons(&work)
            steerProbes(&work)
        }
        steerRoutes(&work)
        steerDrains(&work)
        steerEnds(&work)
        steerRemains(&work)
    }

    /// Asks for nodes and the gateway.
    private mutating func steerPeers(_ work: inout Deliberation) {
        if isLeaving { return }
        let again = work.now + Timings.seekAgain
        for index in nodes.indices {
            guard let seekAt = nodes[index].peer.seekAt, seekAt <= work.now else { continue }
            nodes[index].peer.standing = .sought(again: again)
            let name = nodes[index].name
            work.add(.startNode(name), because: "node '\(name)' is wanted and not there")
        }
        if let seekAt = gateway.peer.seekAt, seekAt <= work.now {
            gateway.peer.standing = .sought(again: again)
            work.add(.startGateway, because: "the gateway is wanted and not there")
        }
    }

    /// Prepares, starts and ends nothing: forgets what nobody uses any more.
    private mutating func steerRemains(_ work: inout Deliberation) {
        for index in deployments.indices.reversed() {
            let deployment = deployments[index]
            // A process that is not ours to keep may still read what it was started from.
            let mayLinger =
                !isEveryoneHeard || strays.contains { $0.run.instance.key == deployment.key }
            for record in deployment.revisions
            where work.policy.mayDiscard(
                deployment.isKept(record.revision),
                mayLinger || deployment.isHeld(record.revision)
            ) {
                deployments[index].revisions.removeAll { $0.revision == record.revision }
                work.add(
                    .discard(deployment.key, record.revision),
                    because: "nothing uses \(record.revision) of \(deployment.key) any more"
                )
            }
            let rest = deployments[index]
            guard rest.isWithdrawn, rest.instances.isEmpty, rest.revisions.isEmpty else { continue }
            departed.remember(rest)
            deployments.remove(at: index)
            capacity.pledge(rest.key, each: .none, required: 0, limit: 0)
            work.noteChange()
        }
    }
}
