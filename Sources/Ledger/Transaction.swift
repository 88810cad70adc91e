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
        /// Past revisions of the deployment are not kept any more, but for these.
        case forget(DeploymentKey, except: [Revision])
        /// The document is kept from now on, in place of another of its name.
        case keep(KeptDocument)
        /// The document is not kept any more.
        case drop(KeptDocument.ID)

        /// What a change is about.
        enum Subject: Hashable {
            case deployment(DeploymentKey)
            case revisions(DeploymentKey)
            case document(KeptDocument.ID)
        }

        /// Whether a deployment goes by it.
        var isWithdrawal: Bool { if case .withdraw = self { true } else { false } }

        /// What it is about: a later change of the same makes this one pointless.
        var subject: Subject {
            switch self {
            case .declare(let declaration): .deployment(declaration.key)
            case .withdraw(let key): .deployment(key)
            case .forget(let key, _): .revisions(key)
            case .keep(let document): .document(document.id)
            case .drop(let id): .document(id)
            }
        }
    }

    /// Changes to what is wanted, in order.
    public var changes: [Change]
    /// What of the decider's state is otherwise after the event.
    public var state: StateChange
    /// What is added to the journal, in order.
    public var journal: [JournalEntry]

    /// Makes a transaction.
    public init(
        changes: [Change] = [],
        state: StateChange = StateChange(),
        journal: [JournalEntry] = []
    ) {
        self.changes = changes
        self.state = state
        self.journal = journal
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { changes.isEmpty && state.isEmpty && journal.isEmpty }
}
