// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Deployment {
    /// How much machine the deployment is promised.
    struct Promise: Equatable {
        /// What each of its places is worth that are kept for it, the largest first.
        var slots: [Demand] = []
        /// Instances of the largest revision that is wanted.
        var instances = 0
        /// Places that it may hold at once.
        var limit = 0

        /// Places that are kept for it: its instances and their surge, unless the type is exempt.
        var required: Int { slots.count }
        /// All of them together.
        var sum: Demand { slots.reduce(.none, +) }

        /// Whether it asks for nothing that the other does not.
        func isCovered(by other: Promise) -> Bool { other.slots.cover(slots) }
    }

    /// What is promised only so that what was just rolled in can be given back, and until when;
    /// nothing where that takes no more than what is wanted anyway.
    func promiseForRollback(_ policy: Policy) -> DeploymentQuota.Rollback? {
        guard fallback != nil, let until = rollout?.overAt else { return nil }
        var settled = self
        settled.previous = nil
        let (whole, wanted) = (promise(policy), settled.promise(policy))
        let excess = whole.sum.millicores - wanted.sum.millicores
        return excess > 0 ? DeploymentQuota.Rollback(millicores: excess, until: until) : nil
    }

    /// What the newest revision alone is promised, once nothing of another is left.
    func promiseInTheEnd(_ policy: Policy) -> Promise {
        var settled = self
        (settled.current, settled.target, settled.next) = (wanted?.revision, nil, nil)
        settled.previous = nil
        return settled.promise(policy)
    }

    /// The promise that covers every revision that is wanted, and what a rollout that has just ended
    /// may have to fall back to.
    ///
    /// While two revisions differ in type or count, the largest place is worth the larger type, and so
    /// on: each of them finds all of its own places in there. Only where both are exempt is nothing
    /// kept for the surge: a rollout always has room to end, unless it was declared to do without.
    func promise(_ policy: Policy) -> Promise {
        var promise = Promise()
        let promised = revisions.filter { isReferenced($0.revision) || $0.revision == fallback }
        let isExempt = promised.allSatisfy(\.declaration.instanceType.isExemptFromSurge)
        let largestFirst = promised.sorted { $0.demand.millicores > $1.demand.millicores }
        for record in largestFirst {
            let instances = record.declaration.instances
            promise.instances = max(promise.instances, instances)
            let places = instances + (isExempt ? 0 : policy.surge(instances))
            let missing = max(0, places - promise.slots.count)
            promise.slots += Array(repeating: record.demand, count: missing)
        }
        for record in inPlay {
            let instances = record.declaration.instances
            promise.limit = max(promise.limit, instances + policy.surge(instances))
        }
        return promise
    }

    /// What each of its instances takes; nothing where all of its revisions take the same.
    var demands: [InstanceID: Demand]? {
        guard let first = revisions.first?.demand,
            !revisions.allSatisfy({ $0.demand == first })
        else { return nil }
        var demands: [InstanceID: Demand] = [:]
        for instance in instances {
            demands[instance.id] = record(instance.revision)?.demand
        }
        return demands
    }
}

extension RevisionRecord {
    /// What one instance of it takes.
    var demand: Demand { Demand(declaration.instanceType) }
}

extension [Demand] {
    /// Whether each of the others finds a place of its own here; both with the largest first.
    func cover(_ others: [Demand]) -> Bool {
        others.count <= count
            && zip(self, others).allSatisfy { $0.millicores >= $1.millicores }
    }

    /// The same as people reckon it: `5 x 4 + 15 x 0.5`.
    var sums: String {
        parts.map { "\($0.count) x \(CoreCount(millicores: $0.demand.millicores))" }
            .joined(separator: " + ")
    }

    /// How many there are of each, the largest first, those that take nothing left out.
    var parts: [(count: Int, demand: Demand)] {
        var parts: [(count: Int, demand: Demand)] = []
        for demand in self where demand != .none {
            if parts.last?.demand == demand {
                parts[parts.count - 1].count += 1
            } else {
                parts.append((1, demand))
            }
        }
        return parts
    }
}
