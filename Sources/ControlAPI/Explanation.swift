// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// Why an instance is in the state it is in, told from the journal.
public struct Explanation: Codable, Sendable, Hashable {
    /// One decision about the instance.
    public struct Entry: Codable, Sendable, Hashable {
        /// When it was decided.
        public var time: Date
        /// What happened: a sentence without a full stop.
        public var event: String
        /// Why that called for what follows: a sentence without a full stop; may be empty.
        public var reason: String
        /// What was done, in order; a verb first each.
        public var effects: [String]

        /// Makes an entry.
        public init(time: Date, event: String, reason: String, effects: [String]) {
            self.time = time
            self.event = event
            self.reason = reason
            self.effects = effects
        }
    }

    /// The instance.
    public var instance: InstanceID
    /// Its state now; nothing when it is gone.
    public var state: InstanceStatus.State?
    /// The state in one sentence.
    public var sentence: String
    /// What was decided about it, oldest first.
    public var entries: [Entry]

    /// Makes an explanation.
    public init(
        instance: InstanceID,
        state: InstanceStatus.State?,
        sentence: String,
        entries: [Entry]
    ) {
        self.instance = instance
        self.state = state
        self.sentence = sentence
        self.entries = entries
    }
}
