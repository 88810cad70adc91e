// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Capacity {
    /// Promises a deployment its places, or changes what it was promised.
    ///
    /// Shape: `demands` is what its instances take, where they differ.
    mutating func pledge(
        _ key: DeploymentKey,
        _ promise: Deployment.Promise,
        demands: [InstanceID: Demand]?
    ) {
        let index: Int
        if let known = pledges.place(of: key, by: \.key) {
            index = known
        } else {
            // Nothing is promised, and nothing was.
            if promise.required == 0 && promise.limit == 0 { return }
            index = pledges.firstIndex { $0.key > key } ?? pledges.endIndex
            pledges.insert(Pledge(key: key, demand: .none, required: 0, limit: 0), at: index)
            isStale = true
        }
        let old = pledges[index]
        var owns: [Demand] = []
        if let demands {
            for place in old.places {
                guard let holder = place.holder else { continue }
                owns.append(demands[holder] ?? place.least ?? old.demand(of: place))
            }
        }
        let all = promise.slots + owns
        let demand = all.max { $0.millicores < $1.millicores } ?? old.demand
        if all.allSatisfy({ $0 == demand }) {
            if old.slots == nil,
                (old.demand, old.required, old.limit) == (demand, promise.required, promise.limit)
            {
                return
            }
            level(index, at: demand)
        } else {
            differ(index, demands)
            pledges[index].demand = demand
            pledges[index].slots = promise.slots
        }
        pledges[index].required = promise.required
        pledges[index].limit = promise.limit
        trim()
        if pledges.place(of: key, by: \.key) != index || pledges[index] != old { isStale = true }
    }

    /// Makes all places of a pledge worth the same.
    private mutating func level(_ index: Int, at demand: Demand) {
        for place in pledges[index].places.indices {
            let known = pledges[index].places[place]
            // One that grows looks for room anew.
            if known.holder == nil,
                pledges[index].demand(of: known).millicores < demand.millicores
            {
                pledges[index].places[place].node = nil
            }
            pledges[index].places[place].demand = nil
            pledges[index].places[place].least = nil
        }
        pledges[index].demand = demand
        pledges[index].slots = nil
    }

    /// Writes down of each place what it is worth, and what its holder takes.
    private mutating func differ(_ index: Int, _ demands: [InstanceID: Demand]?) {
        for place in pledges[index].places.indices {
            let known = pledges[index].places[place]
            let worth = pledges[index].demand(of: known)
            pledges[index].places[place].demand = worth
            guard let holder = known.holder else { continue }
            pledges[index].places[place].least = demands?[holder] ?? known.least ?? worth
        }
    }

    /// Drops places that nobody holds and nobody was promised, adds those that are missing.
    mutating func trim() {
        for index in pledges.indices {
            if let slots = pledges[index].slots {
                let old = pledges[index]
                grade(index, slots)
                if pledges[index] != old { isStale = true }
                continue
            }
            // The last first, and one that has no node before one that has.
            while pledges[index].places.count > pledges[index].required,
                let last = pledges[index].places.lastIndex(where: {
                    $0.holder == nil && $0.node == nil
                }) ?? pledges[index].places.lastIndex(where: { $0.holder == nil })
            {
                pledges[index].places.remove(at: last)
            }
            while pledges[index].places.count < pledges[index].required {
                pledges[index].places.append(Place())
            }
        }
        pledges.removeAll { $0.places.isEmpty && $0.limit == 0 && $0.required == 0 }
    }
}
