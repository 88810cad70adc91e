// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What of the decider's state is kept otherwise from now on; the rest stays as it is kept.
///
/// The bytes are understood by the decider alone.
public struct StateChange: Hashable, Sendable {
    /// Which piece of the state; at most one is kept of each.
    public struct ID: Hashable, Sendable {
        /// What kind of thing it is about, for example `deployment`.
        public let kind: String
        /// The thing's name; empty where there is one only.
        public let name: String

        /// Makes an identity.
        public init(kind: String, name: String) {
            self.kind = kind
            self.name = name
        }
    }

    /// Whether all that was kept before is forgotten first.
    public private(set) var replacesAll: Bool
    private(set) var pieces: [ID: Data?] = [:]

    /// Makes a change of nothing yet.
    public init(replacingAll: Bool = false) {
        replacesAll = replacingAll
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { pieces.isEmpty && !replacesAll }

    /// Keeps a piece from now on, in place of another of its identity.
    public mutating func keep(_ id: ID, _ bytes: Data) { pieces[id] = .some(bytes) }

    /// Keeps a piece no more.
    public mutating func drop(_ id: ID) { pieces[id] = .some(nil) }

    /// Adds what changes after this: the later word about a piece makes an earlier one pointless.
    mutating func add(_ later: StateChange) {
        if later.replacesAll { self = StateChange(replacingAll: true) }
        pieces.merge(later.pieces) { $1 }
    }
}
