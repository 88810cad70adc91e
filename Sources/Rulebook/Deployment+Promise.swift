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

    /// The promise that covers every revision that is wanted or still held.
    ///
    /// While two revisions differ in type or count, each place is worth the larger of both: a
    /// rollout that was begun always has room to end.
    func promise(_ policy: Policy) -> Promise {
        var promise = Promise()
        for record in revisions where isReferenced(record.revision) || isHeld(record.revision) {
            promise.demand = promise.demand.joined(with: Demand(record.declaration.instanceType))
        }
        for record in revisions where isReferenced(record.revision) {
            let declared = record.declaration
            let surge = policy.surge(declared.instances)
            let kept = declared.instances + (declared.instanceType.isExemptFromSurge ? 0 : surge)
            promise.instances = max(promise.instances, declared.instances)
            promise.required = max(promise.required, kept)
        }
        for record in inPlay {
            let instances = record.declaration.instances
            promise.limit = max(promise.limit, instances + policy.surge(instances))
        }
        return promise
    }
}
