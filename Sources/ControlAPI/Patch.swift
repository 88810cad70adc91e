// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to tell what would change if environments were resolved again.
public struct PatchRequest: Codable, Sendable, Hashable {
    /// Which are meant: `ENDPOINT`, `ENDPOINT/DEPLOYMENT`, `azureml:NAME[:VERSION]` or the first
    /// digits of a built one; all that are in use where there are none.
    public var names: [String]

    /// Makes a request.
    public init(names: [String]) {
        self.names = names
    }
}

/// What became of one package, or of Python, between two resolutions.
public struct PackageChange: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The version that is installed; nothing where it is new.
    public var from: String?
    /// The version that would be; nothing where it goes.
    public var to: String?

    /// Makes a change.
    public init(_ name: String, from: String?, to: String?) {
        self.name = name
        self.from = from
        self.to = to
    }
}

/// What resolving environments again would change.
public struct PatchPlan: Codable, Sendable, Hashable {
    /// One built environment and the deployments that run in it.
    public struct Environment: Codable, Sendable, Hashable {
        /// What is built.
        public var digest: Digest?
        /// What it is registered as.
        public var names: [String]
        /// What would change, Python first.
        public var changes: [PackageChange]
        /// The requirements that only one version meets.
        public var pins: [String]
        /// What a person should be told.
        public var notices: [String]
        /// Why it cannot be resolved.
        public var problem: ProblemBody?
        /// What names the resolution; nothing where it changes nothing.
        public var settlement: Digest?
        /// The deployments, in the order in which they are rolled.
        public var deployments: [Deployment]

        /// Makes an environment of which nothing has been found out yet.
        public init(digest: Digest?, names: [String], pins: [String]) {
            self.digest = digest
            self.names = names
            self.changes = []
            self.pins = pins
            self.notices = []
            self.deployments = []
        }
    }

    /// One deployment, and what would be done with it.
    public struct Deployment: Codable, Sendable, Hashable {
        /// The deployment.
        public var key: DeploymentKey
        /// The revision that serves.
        public var revision: Revision
        /// What would be done; nothing where nothing is to do, or `passed` says why not.
        public var step: PlanAnswer.Step?
        /// Why it is passed over.
        public var passed: String?

        /// Makes a deployment.
        public init(
            key: DeploymentKey,
            revision: Revision,
            step: PlanAnswer.Step? = nil,
            passed: String? = nil
        ) {
            self.key = key
            self.revision = revision
            self.step = step
            self.passed = passed
        }

        /// Whether it would be rolled.
        public var isRolled: Bool { step?.action == .update && step?.refusal == nil }
    }

    /// The environments, in order.
    public var environments: [Environment]
    /// Deployments that have no environment that could be resolved.
    public var others: [Deployment]

    /// Makes a plan.
    public init(environments: [Environment], others: [Deployment]) {
        self.environments = environments
        self.others = others
    }

    /// What would be rolled, in this order.
    public var steps: [PatchStep] {
        environments.flatMap { environment in
            environment.deployments.compactMap { deployment in
                guard let settlement = environment.settlement, deployment.isRolled else {
                    return nil
                }
                return PatchStep(
                    key: deployment.key,
                    revision: deployment.revision,
                    settlement: settlement
                )
            }
        }
    }

    /// The resolutions that must be built before, each once.
    public var builds: [Digest] {
        var seen: Set<Digest> = []
        return steps.map(\.settlement).filter { seen.insert($0).inserted }
    }

    /// Whether something could not be found out, or would be refused.
    public var isPartial: Bool {
        environments.contains { environment in
            environment.problem != nil
                || environment.deployments.contains { $0.step?.refusal != nil }
        }
    }
}

/// One deployment that is given a resolution.
public struct PatchStep: Codable, Sendable, Hashable {
    /// The deployment.
    public var key: DeploymentKey
    /// The revision that served when it was planned: another one is not touched.
    public var revision: Revision
    /// The resolution.
    public var settlement: Digest

    /// Makes a step.
    public init(key: DeploymentKey, revision: Revision, settlement: Digest) {
        self.key = key
        self.revision = revision
        self.settlement = settlement
    }
}

/// What the control plane asks of a server about patching environments.
///
/// Each step is whole by itself, and the server remembers no more of it than resolutions: whoever
/// asks decides how far it goes, and may ask again from the start at any time.
public protocol PatchControl: Sendable {
    /// Resolves environments again and tells what that would change.
    ///
    /// Errors: `notFound` for a name that nothing has; what is amiss with one environment stands in
    /// it.
    func planPatch(_ request: PatchRequest) async throws(Problem) -> PatchPlan

    /// Builds a resolution, and answers once it stands.
    ///
    /// Errors: `notFound` where the server knows of no such resolution; those of a build.
    func buildPatch(_ settlement: Digest) async throws(Problem)

    /// Makes the next revision of a deployment run in a resolution that is built.
    ///
    /// Errors: `notFound`; `conflict` where it was changed since; what a declaration is refused for.
    func patch(_ step: PatchStep) async throws(Problem) -> DeployAnswer
}
