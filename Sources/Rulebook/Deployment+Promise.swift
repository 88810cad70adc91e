// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Deployment {
    /// How much machine the deployment is promised.
    struct Promise: Equatable {
        /// The most that one of its instances takes, whatever its revision.
        var demand = Demand.none
        /// Instances of the largest revision that is wanted.
        var instances = 0
        /// Places that are kept for it: those and their surge, unless the type is exempt.
        var required = 0
        /// Places that it may hold at once.
        var limit = 0

        /// Whether it asks for nothing that the other does not.
        func isCovered(by other: Promise) -> Bool {
            required <= other.required && demand.joined(with: other.demand) == other.demand
        }
    }

    /// What is promised only so that what was just rolled in can be given back, and until when;
    /// nothing where that takes no more than what is wanted anyway.
    func promiseForRollback(_ policy: Policy) -> DeploymentQuota.Rollback? {
        guard fallback != nil, let until = rollout?.overAt else { return nil }
        var settled = self
        settled.previous = nil
        let (whole, wanted) = (promise(policy), settled.promise(policy))
        let places = whole.required * whole.demand.millicores
        let excess = places - wanted.required * wanted.demand.millicores
        return excess > 0 ? DeploymentQuota.Rollback(millicores: excess, until: until) : nil
    }

    /// The promise that covers every revision that is wanted or still held, and what a rollout that
    /// has just ended may have to fall back to.
    ///
    /// While two revisions differ in type or count, each place is worth the larger of both, and only
    /// where both are exempt is nothing kept for the surge: a rollout always has room to end, unless
    /// it was declared to do without.
    func promise(_ policy: Policy) -> Promise {
        var promise = Promise()
        let isPromised: (RevisionRecord) -> Bool = { record in
            isReferenced(record.revision) || record.revision == fallback
        }
        for record in revisions where isPromised(record) || isHeld(record.revision) {
            promise.demand = promise.demand.joined(with: Demand(record.declaration.instanceType))
        }
        var isExempt = true
        for record in revisions where isPromised(record) {
            promise.instances = max(promise.instances, record.declaration.instances)
            if !record.declaration.instanceType.isExemptFromSurge { isExempt = false }
        }
        promise.required = promise.instances + (isExempt ? 0 : policy.surge(promise.instances))
        for record in inPlay {
            let instances = record.declaration.instances
            promise.limit = max(promise.limit, instances + policy.surge(instances))
        }
        return promise
    }
}
