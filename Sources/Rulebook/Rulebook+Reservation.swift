// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Rulebook {
    /// What is reserved for a deployment in the end, with the arithmetic, and what until then; nothing
    /// where it only shares.
    public func reservation(of key: DeploymentKey) -> String? {
        guard let index = index(of: key) else { return nil }
        let deployment = deployments[index]
        let meanwhile = deployment.promise(.standard)
        let promise = deployment.promiseInTheEnd(.standard)
        guard meanwhile.sum != .none else { return nil }
        let total = capacity.shares.compactMap(\.total).reduce(Demand.none, +)
        let free = total - capacity.reserved(besides: key) - promise.sum
        let reserved =
            promise.sum == .none
            ? "nothing of \(cores(total).counted), for it shares"
            : "\(places(of: promise)) = \(cores(promise.sum)) of \(cores(total).counted)"
        let inTheEnd = "\(reserved); \(cores(free)) stay free"
        guard meanwhile.slots != promise.slots, let current = deployment.current else {
            return inTheEnd
        }
        return "\(inTheEnd); until \(current) is let go it is \(meanwhile.slots.sums) = "
            + "\(cores(meanwhile.sum))"
    }

    /// Shape: those of one revision, which all are worth the same.
    private func places(of promise: Deployment.Promise) -> String {
        let places =
            promise.required == promise.instances
            ? "\(promise.instances)" : "ceil(1.2 x \(promise.instances))"
        return "\(places) x \(cores(promise.slots.first ?? .none))"
    }

    private func cores(_ demand: Demand) -> CoreCount { CoreCount(millicores: demand.millicores) }
}
