// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What was observed while the disk would not take it, bounded, in the order it happened.
///
/// Of each piece of the state, and of each thing that is declared, only the last word matters;
/// journal entries are kept up to a limit, and the oldest goes first. A pure value: the ledger writes it out and empties it.
struct Backlog: Sendable {
    /// Most journal entries that wait.
    let limit: Int
    private(set) var changes: [Transaction.Change] = []
    private(set) var state = StateChange()
    private(set) var journal: [JournalRecord] = []
    /// How many entries were lost because the limit was reached.
    private(set) var lost = 0

    /// Whether nothing waits.
    var isEmpty: Bool { changes.isEmpty && state.isEmpty && journal.isEmpty }

    /// Makes an empty backlog that keeps at most `limit` entries.
    init(limit: Int) {
        self.limit = limit
    }

    /// Adds a transaction whose entries have been numbered.
    mutating func append(_ transaction: Transaction, numbered records: [JournalRecord]) {
        // A later change of the same thing makes the earlier one pointless, so that this list is
        // bounded by the number of things, not by the length of the outage.
        for change in transaction.changes {
            changes.removeAll { $0.subject == change.subject }
            changes.append(change)
        }
        state.add(transaction.state)
        journal += records
        if journal.count > limit {
            lost += journal.count - limit
            journal.removeFirst(journal.count - limit)
        }
    }

    /// Forgets everything: it has been written.
    mutating func clear() {
        changes = []
        state = StateChange()
        journal = []
        lost = 0
    }
}
