// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Vocabulary

/// One decision: what happened, what is done about it, and why.
public struct JournalEntry: Hashable, Sendable {
    /// When it was decided, by the wall clock: for people.
    public let decidedAt: Date
    /// When it was decided, by the monotonic clock: for differences within one boot.
    public let moment: Moment
    /// What it is about: any of an instance, a deployment, an endpoint, a node, as they are written.
    public let subjects: [String]
    /// What happened, as JSON or in words.
    public let event: String
    /// What is done about it, as JSON.
    public let effects: String
    /// Why, as one sentence for a person.
    public let reason: String

    /// Makes an entry.
    public init(
        decidedAt: Date,
        moment: Moment,
        subjects: [String],
        event: String,
        effects: String,
        reason: String
    ) {
        self.decidedAt = decidedAt
        self.moment = moment
        self.subjects = subjects
        self.event = event
        self.effects = effects
        self.reason = reason
    }
}

/// An entry with its place in the journal.
public struct JournalRecord: Hashable, Sendable {
    /// The entry's number: grows by one with each entry and is never used again.
    public let sequence: Int64
    /// The entry.
    public let entry: JournalEntry
    /// Whether it is on disk; false while a full disk keeps it in memory.
    public let isDurable: Bool
}
