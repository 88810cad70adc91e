// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What one revision of a deployment answered since the gateway started.
public struct RevisionAnswers: Codable, Hashable, Sendable {
    /// The revision.
    public var revision: Revision
    /// Its answers, and the requests that it should have answered and did not.
    public var answers: Int
    /// Those that failed: 5xx and 424, and all that it did not answer.
    public var failures: Int

    /// Makes counters.
    public init(revision: Revision, answers: Int, failures: Int) {
        self.revision = revision
        self.answers = answers
        self.failures = failures
    }
}
