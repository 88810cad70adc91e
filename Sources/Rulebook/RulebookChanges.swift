// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is to be written down so that what is kept is what is known.
///
/// Found by comparing values, so that nothing that changes a rulebook can forget to say so.
public struct RulebookChanges: Equatable, Sendable {
    /// One piece that is kept from now on, or that is kept no more.
    public struct Change: Equatable, Sendable {
        /// Which piece.
        public let id: RulebookPart.ID
        /// The piece; nothing where it is kept no more.
        public let part: RulebookPart?
    }

    /// Whether what was kept before is forgotten first.
    public private(set) var replacesAll = false
    private var parts: [RulebookPart.ID: RulebookPart?] = [:]

    /// Nothing.
    public init() {}

    /// The whole of a rulebook, in place of whatever is kept.
    public init(replacingBy rulebook: Rulebook) {
        self.init(from: Rulebook(), to: rulebook)
        put(RulebookPart(content: .machine(rulebook.machine)))
        replacesAll = true
    }

    /// What differs between two rulebooks.
    init(from old: Rulebook, to new: Rulebook) {
        compare(old.deployments, new.deployments, by: \.key) { .deployment($0) }
        compare(old.traffic, new.traffic, by: \.endpoint) { .traffic($0) }
        compare(old.gateway.published, new.gateway.published, by: \.endpoint) { .published($0) }
        compare(old.capacity.pledges, new.capacity.pledges, by: \.key) { .pledge($0) }
        compare(old.capacity.shares, new.capacity.shares, by: \.node) { .share($0) }
        compare(old.nodes, new.nodes, by: \.name) { .node($0) }
        compare(old.departed, new.departed)
        let machine = new.machine
        if machine != old.machine { put(RulebookPart(content: .machine(machine))) }
    }

    /// Whether there is nothing to be written.
    public var isEmpty: Bool { parts.isEmpty && !replacesAll }

    /// The pieces, in order.
    public var all: [Change] {
        parts.map { Change(id: $0, part: $1) }.sorted { $0.id < $1.id }
    }

    /// Adds what changed after this.
    public mutating func add(_ later: RulebookChanges) {
        if later.replacesAll { self = RulebookChanges() }
        replacesAll = replacesAll || later.replacesAll
        parts.merge(later.parts) { $1 }
    }

    /// Forgets changes of pieces of other kinds.
    mutating func keep(only isWanted: (RulebookPart.Kind) -> Bool) {
        parts = parts.filter { isWanted($0.key.kind) }
    }

    private mutating func put(_ part: RulebookPart) { parts[part.id] = .some(part) }

    private mutating func remove(_ part: RulebookPart) { parts[part.id] = .some(nil) }

    /// Compares two lists that are in order of name.
    private mutating func compare<Piece: Equatable, Name: Comparable>(
        _ old: [Piece],
        _ new: [Piece],
        by name: (Piece) -> Name,
        as content: (Piece) -> RulebookPart.Content
    ) {
        // At once where they are the same memory.
        if old == new { return }
        var (mine, other) = (0, 0)
        while mine < old.count || other < new.count {
            if other == new.count || (mine < old.count && name(old[mine]) < name(new[other])) {
                remove(RulebookPart(content: content(old[mine])))
                mine += 1
            } else if mine == old.count || name(new[other]) < name(old[mine]) {
                put(RulebookPart(content: content(new[other])))
                other += 1
            } else {
                if old[mine] != new[other] { put(RulebookPart(content: content(new[other]))) }
                mine += 1
                other += 1
            }
        }
    }

    /// Compares what is remembered of the departed, which is in the order in which they went.
    private mutating func compare(_ old: Departed, _ new: Departed) {
        if old == new { return }
        let staying = Dictionary(uniqueKeysWithValues: new.memories.map { ($0.key, $0) })
        for memory in old.memories where staying[memory.key] == nil {
            remove(RulebookPart(content: .departed(memory)))
        }
        let known = Dictionary(uniqueKeysWithValues: old.memories.map { ($0.key, $0) })
        for memory in new.memories where known[memory.key] != memory {
            put(RulebookPart(content: .departed(memory)))
        }
    }
}
