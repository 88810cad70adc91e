// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Rulebook {
    /// What is reserved for a deployment, with the arithmetic; nothing where it only shares.
    public func reservation(of key: DeploymentKey) -> String? {
        guard let index = index(of: key) else { return nil }
        let promise = deployments[index].promise(.standard)
        guard promise.demand.millicores > 0 else { return nil }
        let total = capacity.shares.compactMap(\.total).reduce(0) { $0 + $1.millicores }
        let given = capacity.shares.reduce(0) { $0 + capacity.reserved(on: $1.node).millicores }
        let each = CoreCount(millicores: promise.demand.millicores)
        let sum = CoreCount(millicores: promise.required * promise.demand.millicores)
        let places =
            promise.required == promise.instances
            ? "\(promise.instances)" : "ceil(1.2 x \(promise.instances))"
        return "\(places) x \(each) = \(sum) of \(CoreCount(millicores: total).counted); "
            + "\(CoreCount(millicores: total - given)) stay free"
    }
}
