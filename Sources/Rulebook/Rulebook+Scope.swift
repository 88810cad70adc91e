// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Looking only at what an event can concern.
///
/// After each decision nothing more is to be done, until something happens or a deadline comes. What
/// happens to one endpoint is therefore decided by a rulebook that holds this endpoint, those with a
/// deadline that has come, and the machine: the same rules find the same steps, and it does not matter
/// how many others there are. What endpoints share is the machine's capacity; where a decision changes
/// it and another deployment waits for some, all are looked at. What is decided this way, the
/// simulation decides by looking at all as well (`Sentence.scopeSuffices`).
extension Rulebook {
    /// The endpoints that suffice to decide an event, in order; nothing: all of them.
    func scope(of event: Event, at now: Moment, _ policy: Policy) -> [EndpointName]? {
        guard let named = event.endpoints, !isLeaving, strays.isEmpty, !capacity.isStale,
            capacity.isLopsided != true, !gateway.hasJoinedAnew,
            !nodes.contains(where: { $0.settledAt.map { $0 <= now } ?? false })
        else { return nil }
        return Set(named + (policy.heedsDue() ? due(at: now) : [])).sorted()
    }

    /// The endpoints that have a deadline which has come.
    private func due(at now: Moment) -> [EndpointName] {
        findings.deadlines.filter { $0.value <= now }.map(\.key)
    }

    /// A rulebook that knows the machine, and these endpoints alone.
    func restricted(to scope: [EndpointName]) -> Rulebook {
        var part = Rulebook()
        for endpoint in scope {
            part.deployments += deployments[deployments.range(of: endpoint, by: \.key.endpoint)]
            part.traffic += traffic[traffic.range(of: endpoint, by: \.endpoint)]
        }
        part.nodes = nodes
        part.gateway = gateway
        part.gateway.published = scope.compactMap(published)
        part.capacity = capacity
        part.strays = strays
        part.departed = departed
        part.isLeaving = isLeaving
        part.hasSaidFarewell = hasSaidFarewell
        return part
    }

    /// Takes over what became of some endpoints and the machine.
    mutating func take(_ part: Rulebook, of scope: [EndpointName]) {
        for endpoint in scope {
            deployments.replace(endpoint, by: \.key.endpoint, with: part.deployments)
            traffic.replace(endpoint, by: \.endpoint, with: part.traffic)
        }
        var published = gateway.published
        gateway = part.gateway
        for endpoint in scope {
            published.replace(endpoint, by: \.endpoint, with: part.gateway.published)
        }
        gateway.published = published
        nodes = part.nodes
        capacity = part.capacity
        strays = part.strays
        departed = part.departed
        isLeaving = part.isLeaving
        hasSaidFarewell = part.hasSaidFarewell
    }

    /// Whether what became of some endpoints can concern no other.
    func isContained(_ part: Rulebook, in scope: [EndpointName], _ policy: Policy) -> Bool {
        // Also where the capacity is as it was: one may have come to rest after it was looked at.
        var all = self
        all.capacity = part.capacity
        guard !all.couldStandMoreEvenly(besides: scope, policy) else { return false }
        guard part.capacity != capacity else { return true }
        let isHungry = { (pledge: Capacity.Pledge) in
            !scope.contains(pledge.key.endpoint) && pledge.isHungry
        }
        return [capacity, part.capacity].allSatisfy { capacity in
            !capacity.pledges.contains(where: isHungry)
                && !capacity.shares.contains { capacity.isOvercommitted($0.node) }
        }
    }
}

extension Capacity.Pledge {
    /// Whether it could do with more than it has.
    fileprivate var isHungry: Bool {
        places.contains { $0.node == nil } || (demand != .none && places.count < limit)
    }
}

extension Event {
    /// The endpoints that it is about; nothing where it can concern all.
    fileprivate var endpoints: [EndpointName]? {
        switch self {
        case .declared(let declaration): [declaration.key.endpoint]
        case .withdrawn(let key), .rolloutPaused(let key), .rolloutResumed(let key),
            .rolloutUndone(let key), .answered(let key, _, _, _), .compared(let key, _, _),
            .prepared(let key, _), .preparationFailed(let key, _, _):
            [key.endpoint]
        case .trafficDeclared(let traffic): [traffic.endpoint]
        case .endpointWithdrawn(let endpoint): [endpoint]
        case .nodeRefused(let run, _), .spawned(let run, _), .ready(let run),
            .startFailed(let run, _), .exited(let run, _), .ejected(let run, _),
            .probed(let run, _, _), .drained(let run):
            [run.instance.key.endpoint]
        case .tick: []
        default: nil
        }
    }
}
