// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a deployment shall be.
///
/// The revision is what tells one set of processes from another: the same number declared again may
/// change `instances`, `percent` and `settings` and moves no process for it; a higher number is
/// rolled in.
public struct DeploymentDeclaration: Codable, Hashable, Sendable {
    /// The deployment.
    public let key: DeploymentKey
    /// Its revision; higher than any the deployment had before, or the newest one again.
    public let revision: Revision
    /// Instances that shall serve, 1 or more.
    public let instances: Int
    /// What one instance gets.
    public let instanceType: InstanceType
    /// Percent of the endpoint's traffic, 0 to 100.
    public let percent: Int
    /// Which built environment its scorers need; only compared.
    public let environment: String
    /// Which model its scorers load; only compared.
    public let model: String
    /// How long a run may take from its spawn, or from its lane's opening, until it is ready.
    public let startDeadline: Duration
    /// How long a run may take to finish the requests it holds when it shall leave.
    public let drainDeadline: Duration
    /// How many failing answers end its rollout; nothing: the standard.
    public let failureRule: FailureRule?
    /// How its instances are asked whether they are well.
    public let probes: ProbeRules?
    /// How its answers are compared with those of the revision before it while it is rolled in;
    /// nothing: not at all.
    public let comparison: ComparisonRule?
    /// Everything else that the supervisor needs to remember; carried, never read.
    public let settings: String

    /// Makes a declaration.
    public init(
        key: DeploymentKey,
        revision: Revision,
        instances: Int = 1,
        instanceType: InstanceType = .shared,
        percent: Int = 100,
        environment: String,
        model: String,
        startDeadline: Duration = .seconds(300),
        drainDeadline: Duration = .seconds(60),
        failureRule: FailureRule? = nil,
        probes: ProbeRules? = nil,
        comparison: ComparisonRule? = nil,
        settings: String = ""
    ) {
        self.key = key
        self.revision = revision
        self.instances = instances
        self.instanceType = instanceType
        self.percent = percent
        self.environment = environment
        self.model = model
        self.startDeadline = startDeadline
        self.drainDeadline = drainDeadline
        self.failureRule = failureRule
        self.probes = probes
        self.comparison = comparison
        self.settings = settings
    }
}
