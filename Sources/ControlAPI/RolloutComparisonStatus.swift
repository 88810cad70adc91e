// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How a new revision's answers to recent requests compare with the old one's.
public struct RolloutComparisonStatus: Codable, Hashable, Sendable {
    /// How far it is, and what it came to.
    public enum State: String, Codable, Sendable {
        /// No run of the new revision is ready yet.
        case awaited
        /// A run of the new revision answers recent requests.
        case underway
        /// The answers are equal, or differ by no more than they may.
        case equal
        /// They differ.
        case different
        /// There were no recent requests.
        case nothing
        /// It came to no end.
        case unfinished
    }

    /// What was found at one place of the answers: `predictions[]` is every element of that array,
    /// `$` a whole body.
    public struct Output: Codable, Hashable, Sendable {
        /// The place.
        public var path: String
        /// Values that both answers had there.
        public var compared: Int
        /// Those of them that differ by more than the tolerance.
        public var different: Int
        /// The largest difference of two numbers; nothing where there were none.
        public var largestDifference: Double?
        /// How often something was there in the new answer only.
        public var appeared: Int
        /// How often something was there in the old answer only.
        public var went: Int

        /// Tells of a place.
        public init(
            path: String,
            compared: Int,
            different: Int,
            largestDifference: Double?,
            appeared: Int,
            went: Int
        ) {
            self.path = path
            self.compared = compared
            self.different = different
            self.largestDifference = largestDifference
            self.appeared = appeared
            self.went = went
        }
    }

    /// Two statuses that came together and differ.
    public struct Statuses: Codable, Hashable, Sendable {
        /// The old answer's.
        public var old: Int
        /// The new answer's.
        public var new: Int
        /// How often.
        public var count: Int

        /// Tells of a pair.
        public init(old: Int, new: Int, count: Int) {
            self.old = old
            self.new = new
            self.count = count
        }
    }

    /// How long half of the answers took at most, in microseconds, to within a fifth.
    public struct Medians: Codable, Hashable, Sendable {
        /// Those that callers got from the old revision.
        public var old: Int?
        /// Those of the new one, which nobody else asked anything.
        public var new: Int?

        /// Tells both.
        public init(old: Int?, new: Int?) {
            self.old = old
            self.new = new
        }
    }

    /// How far it is, and what it came to.
    public var state: State
    /// The same in a sentence.
    public var sentence: String
    /// Whether a difference halts the rollout.
    public var isRequired: Bool
    /// Numbers that differ by no more than this share of the larger count as equal.
    public var tolerance: Double
    /// Recent requests that there were.
    public var requests = 0
    /// Those whose two answers are equal, or differ by no more than they may.
    public var equal = 0
    /// Those whose two answers differ.
    public var different = 0
    /// Those that the new revision did not answer in their time.
    public var unanswered = 0
    /// Those that only the new revision failed, its missing answers among them.
    public var failed = 0
    /// Those with an answer that was too long to keep, or came in parts.
    public var uncompared = 0
    /// Whether the time was over before all of them had been asked.
    public var isCutShort = false
    /// What was found, in order of path.
    public var outputs: [Output] = []
    /// The statuses that differ.
    public var statuses: [Statuses] = []
    /// How long answers took; nothing where none were compared.
    public var p50: Medians?

    /// A comparison of which nothing was found yet.
    public init(state: State, sentence: String, isRequired: Bool, tolerance: Double) {
        self.state = state
        self.sentence = sentence
        self.isRequired = isRequired
        self.tolerance = tolerance
    }
}
