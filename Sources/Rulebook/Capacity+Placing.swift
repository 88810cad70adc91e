// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Capacity {
    /// Promises a deployment so many places, or changes what it was promised.
    mutating func pledge(_ key: DeploymentKey, each demand: Demand, required: Int, limit: Int) {
        if let known = pledges.place(of: key, by: \.key) {
            let old = pledges[known]
            if (old.demand, old.required, old.limit) == (demand, required, limit) { return }
            pledges[known].demand = demand
            pledges[known].required = required
            pledges[known].limit = limit
        } else {
            // Nothing is promised, and nothing was.
            if required == 0 && limit == 0 { return }
            let index = pledges.firstIndex { $0.key > key } ?? pledges.endIndex
            pledges.insert(
                Pledge(key: key, demand: demand, required: required, limit: limit),
                at: index
            )
        }
        isStale = true
        trim()
    }

    /// Drops places that nobody holds and nobody was promised, adds those that are missing.
    mutating func trim() {
        for index in pledges.indices {
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

    /// Whether it was tried in vain to find a place that spreads a deployment better.
    func isStuck(_ key: DeploymentKey) -> Bool {
        pledges.contains { $0.key == key && $0.isStuck == true }
    }

    /// Notes that it was, until places are put on nodes again.
    mutating func noteStuck(_ key: DeploymentKey) {
        for index in pledges.indices where pledges[index].key == key {
            pledges[index].isStuck = true
        }
    }

    /// What the capacity would be with every free place put anew.
    func spreadAnew(_ policy: Policy) -> Capacity {
        var anew = self
        anew.isLopsided = true
        anew.isStale = true
        anew.arrange(policy)
        return anew
    }

    /// Puts every free place anew once a node is there again, unless any deployment lost by it.
    private mutating func spreadAgain(_ policy: Policy) {
        guard isLopsided == true else { return }
        isLopsided = nil
        var trial = self
        for pledge in trial.pledges.indices {
            for place in trial.pledges[pledge].places.indices
            where trial.pledges[pledge].places[place].holder == nil {
                trial.pledges[pledge].places[place].node = nil
            }
        }
        trial.arrange(policy)
        arrange(policy)
        let isNoWorse = zip(trial.pledges, pledges).allSatisfy { fresh, known in
            fresh.places.count { $0.node == nil } <= known.places.count { $0.node == nil }
        }
        if isNoWorse { self = trial }
    }

    /// Puts every free place on a node that has room, and takes it off a node that has none.
    mutating func arrange(_ policy: Policy) {
        guard isStale else { return }
        spreadAgain(policy)
        isStale = false
        for pledge in pledges.indices { pledges[pledge].isStuck = nil }
        for share in shares where !share.isOpen || isOvercommitted(share.node) {
            for pledge in pledges.indices.reversed() {
                for place in pledges[pledge].places.indices.reversed()
                where pledges[pledge].places[place].node == share.node
                    && pledges[pledge].places[place].holder == nil
                    && (!share.isOpen || isOvercommitted(share.node))
                {
                    pledges[pledge].places[place].node = nil
                }
            }
        }
        for pledge in pledges.indices {
            for place in pledges[pledge].places.indices
            where pledges[pledge].places[place].node == nil {
                pledges[pledge].places[place].node = bestNode(for: pledge, policy)
            }
        }
    }

    /// The open node that a deployment's next place goes to.
    ///
    /// Shape: where it has the fewest places, so that a node's loss costs it as few as can be; then
    /// the one with the most free, so that what is free stays spread and any one node's load finds
    /// room on the others; then the one with the fewest places of anybody; then by name.
    func bestNode(for pledge: Int, _ policy: Policy) -> NodeName? {
        let demand = pledges[pledge].demand
        var best: (own: Int, free: Int, places: Int, node: NodeName)?
        for share in shares where share.isOpen {
            let room = room(on: share.node)
            guard policy.fits(demand, room) else { continue }
            let own =
                policy.spreads() ? pledges[pledge].places.count { $0.node == share.node } : 0
            // An instance that takes nothing goes where fewest are; free cores say nothing of it.
            let free = demand == .none ? 0 : room.millicores
            let places = pledges.reduce(0) { sum, pledge in
                sum + pledge.places.count { $0.node == share.node }
            }
            if let known = best, (known.own, -known.free, known.places) <= (own, -free, places) {
                continue
            }
            best = (own, free, places, share.node)
        }
        return best?.node
    }

    /// What is reserved on a node, taken or kept.
    package func reserved(on node: NodeName) -> Demand {
        var sum = Demand.none
        for pledge in pledges where pledge.demand != .none {
            for place in pledge.places where place.node == node {
                sum = sum + pledge.demand
            }
        }
        return sum
    }

    /// What a node can still promise; negative where a node came back smaller than it was.
    func room(on node: NodeName) -> Demand {
        let total = shares.first { $0.node == node }?.total ?? .none
        return total - reserved(on: node)
    }

    /// Whether more is promised on a node than it has.
    func isOvercommitted(_ node: NodeName) -> Bool {
        room(on: node).millicores < 0
    }

    /// Whether a node is there.
    func isJoined(_ node: NodeName) -> Bool {
        shares.contains { $0.node == node && $0.isJoined }
    }

    /// Whether what a node is told is done now.
    func isReachable(_ node: NodeName) -> Bool {
        shares.contains { $0.node == node && $0.isReachable }
    }

    /// Whether a node says nothing, though it is there.
    func isSilent(_ node: NodeName) -> Bool {
        shares.contains { $0.node == node && $0.isJoined && $0.isSilent == true }
    }

    /// Whether something may be put on a node now.
    func isOpen(_ node: NodeName) -> Bool {
        shares.contains { $0.node == node && $0.isOpen }
    }

    /// Whether nothing more shall be put on a node, by an operator's wish.
    func isDrained(_ node: NodeName) -> Bool {
        shares.contains { $0.node == node && $0.isDrained == true }
    }

    /// Notes that nothing more shall be put on a node, or that it may again.
    mutating func note(_ node: NodeName, isDrained: Bool) {
        isStale = true
        for index in shares.indices where shares[index].node == node {
            shares[index].isDrained = isDrained
        }
        if !isDrained { isLopsided = true }
    }

    /// Notes that a node says nothing any more, or that it does again.
    mutating func note(_ node: NodeName, isSilent: Bool) {
        isStale = true
        for index in shares.indices where shares[index].node == node {
            shares[index].isSilent = isSilent
        }
        if !isSilent { isLopsided = true }
    }

    /// Notes what a node gives out.
    mutating func note(_ node: NodeName, total: Demand?, isJoined: Bool) {
        isStale = true
        if isJoined, !self.isJoined(node) { isLopsided = true }
        if let known = shares.firstIndex(where: { $0.node == node }) {
            shares[known].total = total ?? shares[known].total
            shares[known].isJoined = isJoined
            shares[known].isSilent = nil
        } else {
            let index = shares.firstIndex { $0.node > node } ?? shares.endIndex
            shares.insert(Share(node: node, total: total, isJoined: isJoined), at: index)
        }
    }

    /// Forgets a node that is no more.
    mutating func forget(_ node: NodeName) {
        isStale = true
        shares.removeAll { $0.node == node }
        for pledge in pledges.indices {
            for place in pledges[pledge].places.indices
            where pledges[pledge].places[place].node == node
                && pledges[pledge].places[place].holder == nil
            {
                pledges[pledge].places[place].node = nil
            }
        }
    }
}
