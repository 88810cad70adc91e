// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// How far a patch came: deployment by deployment, in the order in which they are rolled.
public struct PatchOutcome: Codable, Sendable, Hashable {
    /// One that was given its next revision.
    public struct Patched: Codable, Sendable, Hashable {
        /// The deployment.
        public var key: DeploymentKey
        /// The revision.
        public var revision: Revision
        /// Whether it serves alone, as far as was waited for.
        public var isServing: Bool
    }

    /// The one that a patch ended at.
    public struct Failed: Codable, Sendable, Hashable {
        /// The deployment.
        public var key: DeploymentKey
        /// Why.
        public var problem: ProblemBody
    }

    /// Those that run in what was resolved.
    public private(set) var patched: [Patched] = []
    /// Where it ended before its time; nothing where it did not.
    public private(set) var failed: Failed?
    /// Those that were not touched.
    public private(set) var untouched: [DeploymentKey]

    /// Nothing has been rolled of these steps.
    public init(of steps: [PatchStep]) {
        untouched = steps.map(\.key)
    }

    /// A deployment was given its next revision.
    public mutating func note(_ answer: DeployAnswer, isServing: Bool) {
        untouched.removeAll { $0 == answer.key }
        patched.append(
            Patched(key: answer.key, revision: answer.revision, isServing: isServing)
        )
    }

    /// A deployment could not be patched, or what it was patched with was given up again.
    public mutating func note(_ problem: Problem, of key: DeploymentKey) {
        untouched.removeAll { $0 == key }
        patched.removeAll { $0.key == key }
        failed = Failed(key: key, problem: ProblemBody(problem))
    }

    /// The first that was patched and has been given up since, as an endpoint's status tells.
    public func givenUp(_ status: (EndpointName) -> EndpointStatus?) -> Patched? {
        patched.first { one in
            let deployment = status(one.key.endpoint)?.deployments
                .first { $0.name == one.key.deployment }
            return deployment?.givenUp.map { $0 >= one.revision } ?? false
        }
    }
}

/// A patch as programs read it: what it would change, and how far it came where it was done.
public struct PatchResult: Codable, Sendable {
    /// What it would change.
    public var plan: PatchPlan
    /// How far it came; nothing where it was only told.
    public var outcome: PatchOutcome?

    /// Makes a result.
    public init(plan: PatchPlan, outcome: PatchOutcome? = nil) {
        self.plan = plan
        self.outcome = outcome
    }
}
