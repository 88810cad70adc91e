// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What every node can give, and what every deployment was promised of it.
///
/// A deployment's promise is a `Pledge` of places: one for each instance and each instance of its
/// surge. A place is put on a node as soon as one has room; an instance takes a place and gets a
/// `Reservation` for it. Since rollouts and recoveries take places of the same pledge, neither can
/// take what was promised to another deployment, and the sum never exceeds what is there.
package struct Capacity: Codable, Equatable, Sendable {
    /// What one node gives out.
    package struct Share: Codable, Equatable, Sendable {
        /// The node.
        package let node: NodeName
        /// All that it gives out; nothing is known before it first joined.
        package var total: Demand?
        /// Whether something can be started there now.
        package var isJoined: Bool
        /// Whether nothing more shall be put there, by an operator's wish.
        package var isDrained: Bool?
        /// Whether it says nothing, though it is there.
        package var isSilent: Bool?

        /// Whether something may be put there now.
        package var isOpen: Bool { isReachable && isDrained != true }
        /// Whether what it is told is done now.
        package var isReachable: Bool { isJoined && isSilent != true }
    }

    /// One instance's worth of machine.
    struct Place: Codable, Equatable, Sendable {
        var node: NodeName?
        var holder: InstanceID?
    }

    /// What one deployment was promised.
    struct Pledge: Codable, Equatable, Sendable {
        let key: DeploymentKey
        var demand: Demand
        /// Places that are kept even while nobody takes them.
        var required: Int
        /// Places that may be held at once; above `required` only while there happens to be room.
        var limit: Int
        var places: [Place] = []
        /// Whether its instances stand unevenly and no place would make that better, as far as is
        /// known since places were last put on nodes.
        var isStuck: Bool?

        var held: Int { places.count { $0.holder != nil } }
    }

    /// Proof that a reservation was made here.
    package struct Seal: Sendable {
        fileprivate init() {}
    }

    /// In order of name.
    package internal(set) var shares: [Share] = []
    /// In order of key.
    var pledges: [Pledge] = []
    /// Whether something changed since places were last put on nodes.
    var isStale = true
    /// Whether a node came since free places were last spread over all.
    var isLopsided: Bool?

    /// Takes a place of the instance's deployment, if one is free on a node that has joined.
    ///
    /// Shape: the node where the deployment holds the fewest, then the most free, then by name.
    mutating func reserve(for id: InstanceID, _ policy: Policy) -> Reservation? {
        reserve(for: id, limit: 0, policy)
    }

    /// The same where so many places may be held even if the deployment's limit is lower.
    private mutating func reserve(
        for id: InstanceID,
        limit: Int,
        _ policy: Policy
    ) -> Reservation? {
        guard let pledge = pledges.firstIndex(where: { $0.key == id.key }),
            case let limit = max(limit, pledges[pledge].limit), pledges[pledge].held < limit
        else { return nil }
        if let place = freePlace(in: pledge) {
            return take(place, of: pledge, for: id)
        }
        // A type that is exempt from surge keeps nothing back: it takes what happens to be free.
        guard pledges[pledge].places.count < limit,
            let node = bestNode(for: pledge, policy)
        else { return nil }
        isStale = true
        pledges[pledge].places.append(Place(node: node))
        return take(pledges[pledge].places.count - 1, of: pledge, for: id)
    }

    /// Gives a reservation back.
    mutating func release(_ reservation: Reservation) {
        for pledge in pledges.indices where pledges[pledge].key == reservation.instance.key {
            for place in pledges[pledge].places.indices
            where pledges[pledge].places[place].holder == reservation.instance {
                pledges[pledge].places[place].holder = nil
            }
        }
        isStale = true
        trim()
    }

    /// Moves the reservation of an instance that has no process to another node that has joined.
    mutating func relocate(_ reservation: Reservation, _ policy: Policy) -> Reservation? {
        let key = reservation.instance.key
        let held = pledges.first { $0.key == key }?.held ?? 0
        var moved = self
        moved.release(reservation)
        // The place that was left is worth nothing where it is; let it look for room elsewhere.
        moved.arrange(policy)
        // Where more are held than may be since fewer are wanted, it is one of them still.
        guard let found = moved.reserve(for: reservation.instance, limit: held, policy),
            found.node != reservation.node
        else { return nil }
        self = moved
        return found
    }

    private func freePlace(in pledge: Int) -> Int? {
        let places = pledges[pledge].places
        var best: (place: Int, held: Int, room: Int, node: NodeName)?
        for (index, place) in places.enumerated() where place.holder == nil {
            guard let node = place.node, isOpen(node) else { continue }
            let held = places.count { $0.holder != nil && $0.node == node }
            let room = self.room(on: node).millicores
            if let known = best,
                (known.held, -known.room, known.node) <= (held, -room, node)
            {
                continue
            }
            best = (index, held, room, node)
        }
        return best?.place
    }

    private mutating func take(_ place: Int, of pledge: Int, for id: InstanceID) -> Reservation? {
        guard let node = pledges[pledge].places[place].node else { return nil }
        pledges[pledge].places[place].holder = id
        return Reservation(Seal(), instance: id, node: node)
    }
}
