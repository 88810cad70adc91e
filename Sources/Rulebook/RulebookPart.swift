// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One piece of a rulebook as it is kept: all of them are the whole of it.
public struct RulebookPart: Codable, Equatable, Sendable {
    /// What kind of thing a piece is about.
    public enum Kind: String, Comparable, Sendable {
        case departed, deployment, machine, node, pledge, published, share, traffic

        /// Whether `left` comes before `right`.
        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    /// Which piece it is; at most one is kept of each.
    public struct ID: Hashable, Comparable, Sendable {
        /// What kind of thing it is about.
        public let kind: Kind
        /// The thing's name; empty where there is one only.
        public let name: String

        /// Whether `left` comes before `right`.
        public static func < (left: ID, right: ID) -> Bool {
            (left.kind, left.name) < (right.kind, right.name)
        }
    }

    /// What belongs to no endpoint and no node.
    struct Machine: Codable, Equatable, Sendable {
        /// Without what it was told of endpoints.
        var gateway: Gateway
        var isStale: Bool
        var isLopsided: Bool?
        var strays: [Stray]
        var isLeaving: Bool
        var hasSaidFarewell: Bool
    }

    enum Content: Codable, Equatable, Sendable {
        case departed(Departed.Memory)
        case deployment(Deployment)
        case machine(Machine)
        case node(Node)
        case pledge(Capacity.Pledge)
        case published(PublishedEndpoint)
        case share(Capacity.Share)
        case traffic(TrafficDeclaration)
    }

    let content: Content

    /// Which piece it is.
    public var id: ID {
        switch content {
        case .departed(let memory): ID(kind: .departed, name: memory.key.description)
        case .deployment(let deployment): ID(kind: .deployment, name: deployment.key.description)
        case .machine: ID(kind: .machine, name: "")
        case .node(let node): ID(kind: .node, name: node.name.description)
        case .pledge(let pledge): ID(kind: .pledge, name: pledge.key.description)
        case .published(let endpoint): ID(kind: .published, name: endpoint.endpoint.text)
        case .share(let share): ID(kind: .share, name: share.node.description)
        case .traffic(let traffic): ID(kind: .traffic, name: traffic.endpoint.text)
        }
    }
}

extension Rulebook {
    /// The rulebook that these are the pieces of, in whatever order.
    public init(_ parts: some Sequence<RulebookPart>) {
        self.init()
        var memories: [Departed.Memory] = []
        for part in parts {
            switch part.content {
            case .departed(let memory): memories.append(memory)
            case .deployment(let deployment): deployments.append(deployment)
            case .machine(let machine): take(machine)
            case .node(let node): nodes.append(node)
            case .pledge(let pledge): capacity.pledges.append(pledge)
            case .published(let endpoint): gateway.published.append(endpoint)
            case .share(let share): capacity.shares.append(share)
            case .traffic(let traffic): self.traffic.append(traffic)
            }
        }
        departed = Departed(memories)
        deployments.sort { $0.key < $1.key }
        nodes.sort { $0.name < $1.name }
        capacity.pledges.sort { $0.key < $1.key }
        gateway.published.sort { $0.endpoint < $1.endpoint }
        capacity.shares.sort { $0.node < $1.node }
        traffic.sort { $0.endpoint < $1.endpoint }
    }

    private mutating func take(_ machine: RulebookPart.Machine) {
        let published = gateway.published
        gateway = machine.gateway
        gateway.published = published
        capacity.isStale = machine.isStale
        capacity.isLopsided = machine.isLopsided
        strays = machine.strays
        isLeaving = machine.isLeaving
        hasSaidFarewell = machine.hasSaidFarewell
    }

    /// What of it belongs to no endpoint and no node.
    var machine: RulebookPart.Machine {
        var gateway = gateway
        gateway.published = []
        return RulebookPart.Machine(
            gateway: gateway,
            isStale: capacity.isStale,
            isLopsided: capacity.isLopsided,
            strays: strays,
            isLeaving: isLeaving,
            hasSaidFarewell: hasSaidFarewell
        )
    }
}
