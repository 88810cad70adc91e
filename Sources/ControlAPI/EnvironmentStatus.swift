// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The environment that a deployment runs in.
public struct EnvironmentStatus: Codable, Sendable, Hashable {
    /// How far it is.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Waiting for its turn to be built.
        case waiting
        /// Being built.
        case building
        /// Ready for use.
        case built
        /// It could not be built.
        case failed
    }

    /// What names it; nothing before its definition is resolved.
    public var digest: Digest?
    /// How far it is.
    public var state: State
    /// The step that the build is at, or why it failed; empty once it is built.
    public var progress: String
    /// The build's log; nothing where there is none.
    public var log: String?
    /// What a person should know of how it was built, a sentence each.
    public var notices: [String]

    /// Makes an environment's facts.
    public init(
        digest: Digest?,
        state: State,
        progress: String = "",
        log: String? = nil,
        notices: [String] = []
    ) {
        self.digest = digest
        self.state = state
        self.progress = progress
        self.log = log
        self.notices = notices
    }
}
