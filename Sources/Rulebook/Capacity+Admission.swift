// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Capacity {
    /// Why a deployment cannot be promised this much; nothing when it can.
    ///
    /// Judged as if every node were there and none drained: an absence delays, it does not refuse.
    /// While it is not known what a node has, nothing is refused.
    /// Errors: `OutOfQuota`, with the arithmetic, what would fit, and the way out.
    func objection(
        to key: DeploymentKey,
        type: InstanceType,
        each demand: Demand,
        instances: Int,
        required: Int,
        limit: Int,
        _ policy: Policy
    ) -> Problem? {
        guard demand != .none, shares.allSatisfy({ $0.total != nil }),
            !holds(key, each: demand, required: required, limit: limit, policy)
        else { return nil }
        let keepsSurge = required > instances
        let largest = (1..<max(1, instances)).last { fewer in
            let surge = policy.surge(fewer)
            return holds(
                key,
                each: demand,
                required: fewer + (keepsSurge ? surge : 0),
                limit: fewer + surge,
                policy
            )
        }
        let need = Demand(millicores: required * demand.millicores)
        let sum = "\(required) x \(cores(demand)) = \(cores(need).counted)"
        let fits = largest.map { "\(Counted($0, "instance"))" } ?? "none"
        let kept =
            keepsSurge ? ", and \(required - instances) for upgrades and recovery" : ""
        return Problem(
            .exhausted,
            code: "OutOfQuota",
            what: "OutOfQuota: needs \(sum), \(free(without: key)); largest that fits: \(fits); "
                + "'\(key)' asks for \(Counted(instances, "instance")) of '\(type.name)'\(kept)",
            remedy: "ask for fewer instances, name a smaller instance type or none, delete another "
                + "deployment, or declare more: 'scorekeeper serve --capacity "
                + "cores=\(sufficient(for: key, each: demand, required: required, limit: limit, policy))'"
        )
    }

    /// Whether all that was promised would still have its place with this promise.
    private func holds(
        _ key: DeploymentKey,
        each demand: Demand,
        required: Int,
        limit: Int,
        _ policy: Policy
    ) -> Bool {
        var trial = self
        for index in trial.shares.indices {
            trial.shares[index].isJoined = true
            trial.shares[index].isDrained = false
        }
        trial.pledge(key, each: demand, required: required, limit: limit)
        trial.isStale = true
        trial.arrange(policy)
        let isPlaced = trial.pledges.allSatisfy { pledge in
            pledge.demand == .none || pledge.places.allSatisfy { $0.node != nil }
        }
        return isPlaced && trial.shares.allSatisfy { !trial.isOvercommitted($0.node) }
    }

    /// What is free but for one deployment's own promise: `40 of 64 are free`.
    private func free(without key: DeploymentKey) -> String {
        let others = self.without(key)
        let total = shares.reduce(Demand.none) { $0 + ($1.total ?? .none) }
        // A node that came back smaller than it was has less than nothing, and that is nothing.
        let rooms = others.shares.map { share in
            (share.node, Demand(millicores: max(0, others.room(on: share.node).millicores)))
        }
        let room = rooms.reduce(Demand.none) { $0 + $1.1 }
        let all = "\(cores(room)) of \(cores(total)) are free"
        guard shares.count > 1 else { return all }
        let each = rooms.map { "\($0.0) \(cores($0.1))" }
        return "\(all) (\(each.joined(separator: ", ")))"
    }

    /// Cores, in eights, that would hold this much beside what others were promised.
    private func sufficient(
        for key: DeploymentKey,
        each demand: Demand,
        required: Int,
        limit: Int,
        _ policy: Policy
    ) -> Int {
        let others = self.without(key)
        let promised = others.shares.reduce(Demand.none) { $0 + others.reserved(on: $1.node) }
        let least = promised.millicores + required * demand.millicores
        let first = max(64, (least + 7_999) / 8_000 * 8)
        // Each node's equal part must hold whole instances: what remains of one is none of another's.
        let enough = stride(from: first, to: first + Self.roundsOfEight * 8, by: 8).first { cores in
            var larger = self
            for index in larger.shares.indices {
                larger.shares[index].total = Demand(millicores: cores * 1_000 / shares.count)
            }
            return larger.holds(key, each: demand, required: required, limit: limit, policy)
        }
        return enough ?? first * 2
    }

    private static let roundsOfEight = 32

    private func without(_ key: DeploymentKey) -> Capacity {
        var others = self
        others.pledges.removeAll { $0.key == key }
        return others
    }

    private func cores(_ demand: Demand) -> CoreCount { CoreCount(millicores: demand.millicores) }
}
