// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is shown of capacity; nothing here decides.
extension Rulebook {
    /// What is promised of the machine, and what each node's loss would cost as of `now`.
    public func quota(at now: Moment) -> QuotaView {
        QuotaView(
            nodes: nodes.map { node in
                let figures = capacity.figures(of: node.name)
                return NodeQuota(
                    name: node.name,
                    isJoined: node.peer.isJoined,
                    millicores: capacity.shares.first { $0.node == node.name }?.total?.millicores,
                    usedMillicores: figures.used.millicores,
                    pooledMillicores: figures.pooled.millicores,
                    sharing: figures.sharing,
                    loss: isEveryoneHeard ? loss(of: node.name, at: now) : nil
                )
            },
            deployments: deployments.map { deployment in
                capacity.quota(
                    of: deployment.key,
                    type: (deployment.steered?.declaration ?? deployment.declared).instanceType,
                    rollback: deployment.promiseForRollback(.standard)
                )
            }
        )
    }

    /// Asks a copy of the rulebook what it would do without the node.
    private func loss(of name: NodeName, at now: Moment) -> [NodeQuota.Loss] {
        var without = self
        if nodes.contains(where: { $0.name == name && $0.peer.isJoined }) {
            _ = without.decide(.nodeLost(name), at: now)
        }
        return deployments.compactMap { deployment in
            let before = deployment.placed { _ in true }
            let wanted = min(before, deployment.steered?.declaration.instances ?? 0)
            guard let index = without.index(of: deployment.key), wanted > 0 else { return nil }
            let left = without.deployments[index].placed { node in
                node != name && without.capacity.isJoined(node)
            }
            guard left < wanted else { return nil }
            return NodeQuota.Loss(key: deployment.key, instances: wanted - left, left: left)
        }
    }
}

extension Deployment {
    /// How many of its instances that are to stay have a place on such a node.
    fileprivate func placed(on isThere: (NodeName) -> Bool) -> Int {
        instances.count { instance in
            guard !instance.state.isLeaving, let reservation = instance.state.reservation else {
                return false
            }
            return isThere(reservation.node)
        }
    }
}

extension Capacity {
    /// What of a node is held, what is kept back, and how many share it.
    fileprivate func figures(of node: NodeName) -> (used: Demand, pooled: Demand, sharing: Int) {
        var figures = (used: Demand.none, pooled: Demand.none, sharing: 0)
        for pledge in pledges {
            for place in pledge.places where place.node == node {
                if pledge.demand == .none {
                    figures.sharing += place.holder == nil ? 0 : 1
                } else if place.holder == nil {
                    figures.pooled = figures.pooled + pledge.demand
                } else {
                    figures.used = figures.used + pledge.demand
                }
            }
        }
        return figures
    }

    /// What one deployment was promised.
    fileprivate func quota(
        of key: DeploymentKey,
        type: InstanceType,
        rollback: DeploymentQuota.Rollback?
    ) -> DeploymentQuota {
        let pledge = pledges.first { $0.key == key }
        return DeploymentQuota(
            key: key,
            instanceType: type.name,
            places: pledge?.places.count ?? 0,
            millicoresEach: pledge?.demand.millicores ?? 0,
            held: pledge?.held ?? 0,
            unplaced: pledge?.places.count { $0.node == nil } ?? 0,
            rollback: rollback
        )
    }
}
