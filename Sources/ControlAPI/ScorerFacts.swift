// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What a scorer told of its model: how its example went, whether requests share calls of it, and
/// which way they go.
///
/// A stranger's words, bounded by the lane: shown to people, and nothing is decided by them.
public struct ScorerFacts: Codable, Sendable, Hashable {
    /// The model's own example, scored before the first request.
    public struct Example: Codable, Sendable, Hashable {
        /// The status that a client would have got.
        public var status: Int
        /// How long it took.
        public var milliseconds: Double
        /// The beginning of the answer.
        public var answer: String
        /// Rows of the example, where it is a table or an array.
        public var rows: Int?
    }

    /// Whether the rows of waiting requests are scored in one call, and how that was found out.
    public struct Merging: Codable, Sendable, Hashable {
        /// `merging`, `not merging` or `proving`.
        public var verdict: String
        /// The evidence, a sentence.
        public var why: String
        /// Rows that were compared.
        public var rows: Int?
        /// The largest difference between a row scored alone and the same row among others.
        public var largestDifference: Double?
        /// `auto`, `on` or `off`: `scorekeeper.merge`.
        public var setting: String?

        enum CodingKeys: String, CodingKey {
            case verdict, why, rows, setting
            case largestDifference = "largest_difference"
        }
    }

    /// How many requests went which way since the scorer started.
    public struct Ways: Codable, Sendable, Hashable {
        /// Decoded and enforced by what was compiled from the signature.
        public var fast: Int?
        /// Through MLflow's own code.
        public var exact: Int?
        /// Requests that shared a call of the model with others.
        public var merged: Int?
        /// Those calls.
        public var mergedCalls: Int?

        enum CodingKeys: String, CodingKey {
            case fast, exact, merged
            case mergedCalls = "merged_calls"
        }
    }

    /// The model's own example; nothing where it has none.
    public var example: Example?
    /// Whether calls are shared; nothing where the scorer does not say.
    public var merging: Merging?
    /// Which way requests went.
    public var ways: Ways?
    /// Why every request goes the exact way; empty or nothing where some need not.
    public var whyNotFast: String?

    enum CodingKeys: String, CodingKey {
        case example, merging, ways
        case whyNotFast = "why_not_fast"
    }

    /// Makes the facts of a scorer that told none.
    public init() {}
}
