// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// Everything that one event changes, written whole or not at all.
public struct Transaction: Sendable {
    /// A change to what is wanted.
    public enum Change: Hashable, Sendable {
        /// The deployment should be like this from now on.
        case declare(Declaration)
        /// The deployment should not be there any more.
        case withdraw(DeploymentKey)

        /// The deployment that it is about.
        var key: DeploymentKey {
            switch self {
            case .declare(let declaration): declaration.key
            case .withdraw(let key): key
            }
        }
    }

    /// Changes to what is wanted, in order.
    public var changes: [Change]
    /// The decider's state after the event; nothing where it did not change.
    public var snapshot: Snapshot?
    /// What is added to the journal, in order.
    public var journal: [JournalEntry]

    /// Makes a transaction.
    public init(
        changes: [Change] = [],
        snapshot: Snapshot? = nil,
        journal: [JournalEntry] = []
    ) {
        self.changes = changes
        self.snapshot = snapshot
        self.journal = journal
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { changes.isEmpty && snapshot == nil && journal.isEmpty }
}
