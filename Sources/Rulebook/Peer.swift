// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is known of another process of ours: a node, or the gateway.
package struct Peer: Codable, Equatable, Sendable {
    /// Whether it is there.
    enum Standing: Codable, Equatable, Sendable {
        /// It was asked for, and nothing has been heard of it; it may hold anything.
        case sought(again: Moment)
        /// It is there.
        case joined(since: Moment)
        /// It is dead, and will be started.
        case lost(startAt: Moment)
    }

    /// Whether it is there.
    var standing: Standing
    /// Whether it has joined or was reported lost in this life of the supervisor.
    var isHeard = false
    /// What it remembers of its deaths.
    var history = RestartHistory()

    /// A peer that has to be found or started now.
    static let unknown = Peer(standing: .lost(startAt: .zero))

    var isJoined: Bool {
        if case .joined = standing { true } else { false }
    }

    /// When it is to be asked for; nothing while it is there.
    var seekAt: Moment? {
        switch standing {
        case .sought(let again): again
        case .lost(let startAt): startAt
        case .joined: nil
        }
    }

    mutating func noteJoined(at now: Moment) {
        // A second greeting in the same life of the peer does not make it younger.
        if !isJoined { standing = .joined(since: now) }
        isHeard = true
    }

    mutating func noteLost(at now: Moment, _ policy: Policy) {
        var servedSince: Moment?
        if case .joined(let since) = standing { servedSince = since }
        let delay = history.noteDeath(servedSince: servedSince, at: now, policy)
        standing = .lost(startAt: now + delay)
        isHeard = true
    }

    /// Forgets all but its deaths: a new life of the supervisor knows nothing of it.
    mutating func forget() {
        standing = .lost(startAt: .zero)
        isHeard = false
    }
}

/// A node: a failure domain with a share of the machine.
package struct Node: Codable, Equatable, Sendable {
    /// Its name.
    let name: NodeName
    /// Whether it is there.
    var peer = Peer.unknown
    /// The highest isolation level that works there; nothing before it first joined.
    var isolation: IsolationLevel?
    /// Bytes of memory that it may give out; nothing before it first joined.
    var memoryBytes: Int64?
    /// Until when nothing is moved here for evenness alone: it may not stay; nothing once it has.
    var settledAt: Moment?
}

/// The gateway, and what it was told.
package struct Gateway: Codable, Equatable, Sendable {
    /// Whether it is there.
    var peer = Peer.unknown
    /// What it, or the one before it, was told last of each endpoint, in order of name.
    var published: [PublishedEndpoint] = []
    /// Endpoints that it may still know and should not, in order of name.
    var stale: [EndpointName] = []
    /// Whether it joined and was not told everything yet.
    var hasJoinedAnew = false
    /// When its requests are no longer waited for; nothing unless it was told to leave.
    var retireBy: Moment?
}

/// A process that a node holds and nobody wants.
package struct Stray: Codable, Equatable, Sendable {
    /// What it calls itself.
    let run: Run
    /// Who holds it.
    let node: NodeName
    /// When its node is told to end it, or told again.
    var endAt: Moment
}
