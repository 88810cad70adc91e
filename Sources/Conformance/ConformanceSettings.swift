// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a play is played with.
public struct ConformanceSettings: Sendable {
    /// What an answer must be.
    public enum Answers: String, Sendable, CaseIterable {
        /// The request's own body.
        case echo
        /// Any status that HTTP has, and any body.
        case any
    }

    /// What an answer must be; nothing: it is an echo if its first answer is one.
    public var answers: Answers?
    /// A body that the scorer understands; nothing: bytes.
    public var sample: [UInt8]?
    /// What the sample is.
    public var contentType = "application/octet-stream"
    /// Calls at once that the scorer must honour; nothing: as many as it says that it has threads.
    public var calls: Int?
    /// Requests bound beyond the calls under way.
    public var ahead = 15
    /// The longest body that is sent.
    public var largest = 16 << 20
    /// How long a scorer may take for each thing that it has to do.
    public var patience = Duration.seconds(60)
    /// How many requests it has to endure.
    public var requests = 10_000

    /// Calls at once of the lane.
    var laneCalls: Int { calls ?? 4 }

    /// Makes the usual settings.
    public init() {}
}
