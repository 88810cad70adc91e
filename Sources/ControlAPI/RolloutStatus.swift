// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// What can be commanded of a rollout.
public enum RolloutCommand: String, Codable, Sendable, CaseIterable {
    /// Nothing new starts and nothing old drains until it is resumed.
    case pause
    /// It goes on.
    case resume
    /// The revision before serves again.
    case undo
}

/// How a deployment's rollout stands: the one under way, or the last that ended.
public struct RolloutStatus: Codable, Hashable, Sendable {
    /// How it is, in one word.
    public enum State: String, Codable, Sendable {
        /// Nothing was rolled in yet.
        case none
        /// The new revision is being built.
        case preparing
        /// New instances come, old ones go.
        case rolling
        /// The new revision answers what was asked before, and nobody else yet.
        case comparing
        /// It stands still until somebody resumes it.
        case paused
        /// It goes back to the revision before.
        case goingBack
        /// The new revision serves alone.
        case completed
        /// The new revision was given up; the old one stands.
        case halted
        /// Somebody undid it.
        case undone
    }

    /// The deployment.
    public var key: DeploymentKey
    /// How it is, in one word.
    public var state: State
    /// How it is, in a sentence.
    public var sentence: String
    /// What served before.
    public var from: Revision?
    /// What is rolled in.
    public var to: Revision?
    /// The wave that is under way, from 1.
    public var wave = 0
    /// Waves in all.
    public var waves = 0
    /// Instances of the new revision that shall serve.
    public var wanted = 0
    /// Those that do.
    public var serving = 0
    /// Instances of other revisions that have not left yet.
    public var oldLeft = 0
    /// Answers of the new revision in its last minute.
    public var answers = 0
    /// Those that failed.
    public var failures = 0
    /// How its answers compare with those of the revision before; nothing where none are compared.
    public var comparison: RolloutComparisonStatus?
    /// When it began.
    public var since: Date?
    /// Since when it stands still.
    public var pausedSince: Date?
    /// When it ended.
    public var ended: Date?
    /// Why it was halted or undone.
    public var why: String?
    /// What a scorer of the revision that was given up wrote last.
    public var lastLines: [String] = []

    /// Makes the status of a deployment of which nothing more is known.
    public init(key: DeploymentKey, state: State, sentence: String) {
        self.key = key
        self.state = state
        self.sentence = sentence
    }
}
