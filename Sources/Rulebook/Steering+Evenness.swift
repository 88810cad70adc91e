// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Back to where a node's loss costs least, after a node came back or was undrained.
///
/// Instances that were moved away serve well where they are; but while they all are on one node, its
/// loss would cost everything. So one at a time moves, through the surge, where that makes the spread
/// more even: never during a rollout, never while fewer than wanted serve, and never to a node that
/// came back less than a minute ago, for it may go again.
extension Rulebook {
    mutating func steerEvenness(_ work: inout Deliberation) {
        guard nodes.count > 1, isEveryoneHeard, gateway.peer.isJoined else { return }
        for index in deployments.indices where deployments[index].instances.count > 1 {
            guard let moved = misplaced(in: index, work.policy),
                let from = moved.state.reservation?.node
            else { continue }
            let held = heldByNode(index)
            capacity.noteStuck(moved.id.key)
            // The place that a move left is where the one before it was, and worth nothing there.
            var anew = capacity.spreadAnew(work.policy)
            guard let place = anew.reserve(for: nextID(in: index), work.policy),
                isSettled(place.node),
                work.policy.evensOut((held[from] ?? 0) - (held[place.node] ?? 0))
            else { continue }
            capacity = anew
            let reason =
                "'\(from)' holds more of \(moved.id.key) than '\(place.node)', which has a place"
            replace(moved, in: index, at: place, forEvenness: true, because: reason, &work)
        }
    }

    /// Whether another place for one of its instances is worth looking for, in any deployment of other
    /// endpoints than these.
    func couldStandMoreEvenly(besides scope: [EndpointName], _ policy: Policy) -> Bool {
        nodes.count > 1
            && deployments.indices.contains { index in
                deployments[index].instances.count > 1
                    && !scope.contains(deployments[index].key.endpoint)
                    && misplaced(in: index, policy) != nil
            }
    }

    /// The instance that would be moved first, where it is not known to be in vain.
    private func misplaced(in index: Int, _ policy: Policy) -> Instance? {
        guard let moved = oneTooMany(in: index, policy), isAtRest(index),
            !capacity.isStuck(moved.id.key)
        else { return nil }
        return moved
    }

    /// Whether all that is wanted of a deployment serves, and nothing of it is on its way.
    private func isAtRest(_ index: Int) -> Bool {
        let deployment = deployments[index]
        guard !deployment.isMoving, !deployment.isWithdrawn,
            let steered = deployment.steered, steered.isProven,
            case let held = deployment.instances.filter({ $0.state.reservation != nil }),
            held.count == steered.declaration.instances
        else { return false }
        return held.allSatisfy {
            $0.isServing && $0.revision == steered.revision && $0.replaces == nil
        }
    }

    private func isSettled(_ name: NodeName) -> Bool {
        nodes.contains { $0.name == name && $0.settledAt == nil }
    }

    private func heldByNode(_ index: Int) -> [NodeName: Int] {
        var held: [NodeName: Int] = [:]
        for instance in deployments[index].instances {
            if let name = instance.state.reservation?.node { held[name, default: 0] += 1 }
        }
        return held
    }

    /// The youngest instance on the node that holds the most, where another may be given some and
    /// holds so many fewer that a move helps.
    private func oneTooMany(in index: Int, _ policy: Policy) -> Instance? {
        let held = heldByNode(index)
        // In order of name: of several the first.
        let fullest = nodes.map(\.name).filter { capacity.isReachable($0) }
            .max { (held[$0] ?? 0, $1) < (held[$1] ?? 0, $0) }
        let fewest = nodes.filter { $0.settledAt == nil && capacity.isOpen($0.name) }
            .map { held[$0.name] ?? 0 }.min()
        guard let fullest, let fewest, policy.evensOut((held[fullest] ?? 0) - fewest) else {
            return nil
        }
        return deployments[index].instances.last { $0.state.reservation?.node == fullest }
    }

    /// Notes that a node has come: for a while nothing is moved there for evenness alone.
    mutating func settleIn(_ name: NodeName, _ now: Moment) {
        if nodes.count == 1 { return }
        for index in nodes.indices where nodes[index].name == name {
            nodes[index].settledAt = now + Timings.settling
        }
    }
}
