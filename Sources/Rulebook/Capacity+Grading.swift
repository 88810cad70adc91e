// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Places that are worth different amounts, while two revisions of a deployment differ in their type.
///
/// Whoever holds a place stands in the smallest that is large enough, so that the large ones are free
/// for what needs them. A place that somebody holds is worth what it will be when it is left, as far
/// as its node has room for that: never less than its holder takes.
extension Capacity {
    /// Makes a pledge's places worth what was promised.
    mutating func grade(_ index: Int, _ slots: [Demand]) {
        var rooms = roomsWithoutFree(index)
        var left = slots
        for group in holders(of: index) { settle(group, of: index, &left, &rooms) }
        placeFree(left, of: index, &rooms)
    }

    /// Whether what was promised is there, on whatever node.
    func isGraded(_ pledge: Pledge) -> Bool {
        guard let slots = pledge.slots else { return true }
        return pledge.places.map { pledge.demand(of: $0) }
            .sorted { $0.millicores > $1.millicores }.cover(slots)
    }

    /// What each node has beside the others' places and what this pledge's holders take.
    private func roomsWithoutFree(_ index: Int) -> [NodeName: Demand] {
        var bare = self
        bare.pledges[index].places.removeAll { $0.holder == nil }
        for place in bare.pledges[index].places.indices {
            let known = bare.pledges[index].places[place]
            bare.pledges[index].places[place].demand = known.least ?? known.demand
        }
        return Dictionary(uniqueKeysWithValues: shares.map { ($0.node, bare.room(on: $0.node)) })
    }

    /// Places that are held, those together whose holders take the same; the largest first.
    private func holders(of index: Int) -> [(demand: Demand, places: [Int])] {
        let pledge = pledges[index]
        let held = pledge.places.indices.filter { pledge.places[$0].holder != nil }
        let groups = Dictionary(grouping: held) {
            pledge.places[$0].least ?? pledge.demand(of: pledge.places[$0])
        }
        return groups.sorted { $0.key.millicores > $1.key.millicores }
            .map { (demand: $0.key, places: $0.value) }
    }

    /// Gives holders that take the same the smallest that are large enough, of what is left.
    private mutating func settle(
        _ group: (demand: Demand, places: [Int]),
        of index: Int,
        _ left: inout [Demand],
        _ rooms: inout [NodeName: Demand]
    ) {
        var given: [Demand] = []
        while given.count < group.places.count, !left.isEmpty {
            // Where none is large enough, the largest is the one that it stands for.
            let slot = left.lastIndex { $0.millicores >= group.demand.millicores } ?? 0
            given.append(left.remove(at: slot))
        }
        var places = group.places
        for slot in given.sorted(by: { $0.millicores > $1.millicores }) {
            let growth = max(0, slot.millicores - group.demand.millicores)
            guard let best = best(of: places, of: index, for: slot, rooms) else { break }
            places.removeAll { $0 == best }
            let node = pledges[index].places[best].node
            let room = node.flatMap { rooms[$0] } ?? .none
            let grows = growth > 0 && growth <= room.millicores
            if grows, let node { rooms[node] = room - Demand(millicores: growth) }
            pledges[index].places[best].demand = grows ? slot : group.demand
        }
        for place in places { pledges[index].places[place].demand = group.demand }
    }

    /// One that is worth it already, then one whose node has the most room.
    private func best(
        of places: [Int],
        of index: Int,
        for slot: Demand,
        _ rooms: [NodeName: Demand]
    ) -> Int? {
        func rank(_ place: Int) -> (Int, Int, Int) {
            let known = pledges[index].places[place]
            let worth = min(slot.millicores, pledges[index].demand(of: known).millicores)
            return (worth, known.node.flatMap { rooms[$0] }?.millicores ?? 0, -place)
        }
        return places.max { rank($0) < rank($1) }
    }

    /// Makes the free places those that are left: on their nodes where there is still room.
    private mutating func placeFree(
        _ left: [Demand],
        of index: Int,
        _ rooms: inout [NodeName: Demand]
    ) {
        var free = pledges[index].places.filter { $0.holder == nil }
        pledges[index].places.removeAll { $0.holder == nil }
        // Those with a node first, then as they come.
        free = free.filter { $0.node != nil } + free.filter { $0.node == nil }
        var kept: [Place?] = left.map { slot in
            free.firstIndex { $0.demand == slot }.map { free.remove(at: $0) }
        }
        for (place, slot) in left.enumerated() {
            var found = kept[place] ?? nil
            if found == nil, !free.isEmpty {
                let larger = free.firstIndex {
                    ($0.demand ?? .none).millicores > slot.millicores
                }
                found = free.remove(at: larger ?? free.count - 1)
                if larger == nil { found?.node = nil }
            }
            var settled = found ?? Place()
            settled.demand = slot
            if let node = settled.node {
                let room = rooms[node] ?? .none
                if slot.fits(into: room) {
                    rooms[node] = room - slot
                } else {
                    settled.node = nil
                }
            }
            kept[place] = settled
        }
        pledges[index].places += kept.compactMap(\.self)
    }
}
