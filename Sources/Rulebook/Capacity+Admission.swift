// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Capacity {
    /// Why a deployment cannot be promised this much; nothing when it can.
    ///
    /// Judged as if every node were there: a node's absence delays, it does not refuse. While a node
    /// has never said what it has, nothing is refused.
    /// Errors: `exhausted`, with the arithmetic.
    func objection(
        to key: DeploymentKey,
        type: InstanceType,
        each demand: Demand,
        instances: Int,
        required: Int,
        limit: Int,
        _ policy: Policy
    ) -> Problem? {
        guard demand != .none, shares.allSatisfy({ $0.total != nil }) else { return nil }
        var trial = self
        for index in trial.shares.indices { trial.shares[index].isJoined = true }
        trial.pledge(key, each: demand, required: required, limit: limit)
        trial.isStale = true
        trial.arrange(policy)
        let isPlaced = trial.pledges.allSatisfy { pledge in
            pledge.demand == .none || pledge.places.allSatisfy { $0.node != nil }
        }
        let isHeld = trial.shares.allSatisfy { !trial.isOvercommitted($0.node) }
        if isPlaced && isHeld { return nil }

        var others = self
        others.pledges.removeAll { $0.key == key }
        let rooms = others.shares.map { share in
            let room = others.room(on: share.node)
            let total = share.total ?? .none
            return "\(share.node) has \(room.millicores) of \(total.millicores) millicores and "
                + "\(mebibytes(room.memoryBytes)) of \(mebibytes(total.memoryBytes)) MiB free"
        }
        let upgrades = required == instances ? "" : " and \(required - instances) for upgrades"
        let sum =
            "\(required * demand.millicores) millicores and "
            + "\(mebibytes(demand.memoryBytes * Int64(required))) MiB"
        return Problem(
            .exhausted,
            code: "capacity",
            what: "cannot reserve \(Counted(instances, "instance"))\(upgrades) of type "
                + "'\(type.name)' for '\(key)': "
                + "\(required) x (\(demand.millicores) millicores, "
                + "\(mebibytes(demand.memoryBytes)) MiB) = \(sum), while "
                + rooms.joined(separator: ", "),
            remedy: "ask for fewer instances or a smaller type, or delete another deployment"
        )
    }

    private func mebibytes(_ bytes: Int64) -> Int64 { bytes / (1 << 20) }
}
