// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Rulebook
import Vocabulary
import Wire

/// How a deployment is served: what its manifest says, with everything it leaves out filled in.
struct ServingSettings: Codable, Hashable, Sendable {
    /// How many instances serve.
    var instances: Int
    /// What one instance gets.
    var instanceType: InstanceType
    /// Environment variables of the scorer.
    var variables: [String: String]
    /// Whole time a request may take.
    var deadlineMilliseconds: Int
    /// Longest body of a request in bytes; nothing leaves the gateway's own.
    var bodyLimit: Int?
    /// Calls of the model at once in one scorer.
    var maxConcurrentRequestsPerInstance: Int
    /// Whether more than twice what the instances may score at once is refused.
    ///
    /// Source: Azure Machine Learning, "HTTP status codes for online endpoints", 429.
    var boundsRequestsInFlight: Bool?
    /// What happens to a request whose scorer died.
    var retry: RetryPolicy
    /// How a model's own failures are shown; nothing takes the server's way.
    var statuses: StatusStyle?
    /// Whether another minor version of Python will do.
    var pythonPolicy: PythonPolicy
    /// Whether its scorers are forked from a warmed parent.
    var isForkServerWanted: Bool
    /// The least isolation that will do.
    var minimumIsolation: IsolationLevel
    /// Whether its scorers may reach the network.
    var isNetworkAllowed: Bool
    /// Whether its scorers run on the gateway's core; nothing: they do not.
    var isOnGatewayCore: Bool?
    /// How long a scorer may take until it is ready.
    var startDeadlineSeconds: Int
    /// How many failing answers of a new revision end its rollout; nothing: the standard.
    var failureRule: FailureRule?
    /// How its scorers are asked whether they are well; nothing: as every lane is.
    var probes: ProbeRules?

    /// What is made of answers that differ from those of another deployment or revision; nothing: of
    /// mirrored ones they are told, of revisions none are compared.
    var comparison: RolloutSettings.Comparison?
    /// How far two numbers may lie apart, as a share of the larger, and count as equal; nothing: not
    /// at all.
    var tolerance: Double?
    /// Recent requests that a new revision answers before it serves; nothing: the usual number.
    var comparedRequests: Int?

    /// What is made of its answers while it is rolled in; nothing where they are not compared.
    var comparisonRule: ComparisonRule? {
        guard let comparison, comparison != .off else { return nil }
        return ComparisonRule(
            requests: comparedRequests ?? ComparisonRule.usualRequests,
            tolerance: tolerance ?? 0,
            isRequired: comparison == .require
        )
    }

    /// How its answers to copies are compared with the live ones; nothing where they are not.
    var mirrorComparison: MirrorComparison? {
        comparison == .off ? nil : MirrorComparison(tolerance: tolerance ?? 0)
    }

    /// Most requests of the deployment in flight; nothing leaves the queue's own bounds.
    var pendingLimit: Int? {
        boundsRequestsInFlight == true ? 2 * maxConcurrentRequestsPerInstance * instances : nil
    }

    /// Fills in what a manifest leaves out: 60 s a request, 5 minutes a start.
    init(
        _ manifest: DeploymentSettings,
        on type: InstanceType = .shared,
        retryUnlessSaid retry: RetryPolicy
    ) {
        instances = manifest.instances
        instanceType = type
        variables = manifest.variables
        if manifest.showsFailures { variables["SCOREKEEPER_DEBUG_ERRORS"] = "1" }
        if (manifest.retry ?? retry) == .never { variables["SCOREKEEPER_RETRY"] = "never" }
        if let merging = manifest.merging { variables["SCOREKEEPER_MERGE"] = merging.rawValue }
        deadlineMilliseconds = manifest.requestTimeoutMilliseconds ?? 60_000
        bodyLimit = manifest.bodyLimit
        maxConcurrentRequestsPerInstance = manifest.concurrentRequests
        boundsRequestsInFlight = manifest.isConcurrencyWritten ? true : nil
        self.retry = manifest.retry ?? retry
        statuses = manifest.statuses
        pythonPolicy = manifest.pythonPolicy
        isForkServerWanted = manifest.isForkServerUsed ?? true
        minimumIsolation = manifest.minimumIsolation ?? .process
        isNetworkAllowed = manifest.isNetworkAllowed
        isOnGatewayCore = manifest.core == .gateway ? true : nil
        // A start has its own budget: what a startup probe grants, where one is written.
        startDeadlineSeconds =
            manifest.startDeadlineSeconds ?? manifest.startupProbe?.budgetSeconds ?? 300
        probes = ProbeRules(manifest)
        failureRule = FailureRule(manifest.rollout)
        comparison = manifest.rollout.comparison
        tolerance = manifest.rollout.tolerance
        comparedRequests = manifest.rollout.comparedRequests
    }
}

extension ProbeSettings {
    /// How long a start may take until this probe has failed for good.
    fileprivate var budgetSeconds: Int {
        min(3_600, initialDelaySeconds + periodSeconds * failureThreshold)
    }
}

extension ProbeRule {
    fileprivate init(_ settings: ProbeSettings) {
        self.init(
            initialDelay: .seconds(settings.initialDelaySeconds),
            period: .seconds(settings.periodSeconds),
            timeout: .seconds(settings.timeoutSeconds),
            successThreshold: settings.successThreshold,
            failureThreshold: settings.failureThreshold
        )
    }
}

extension ProbeRules {
    /// What a document says; nothing where it says nothing: the lane's own watch goes on anyway.
    fileprivate init?(_ settings: DeploymentSettings) {
        guard settings.livenessProbe != nil || settings.readinessProbe != nil else { return nil }
        self.init(
            liveness: settings.livenessProbe.map { ProbeRule($0) },
            readiness: settings.readinessProbe.map { ProbeRule($0) }
        )
    }
}

extension FailureRule {
    /// What a document says, over what usually holds; nothing where it says nothing.
    fileprivate init?(_ settings: RolloutSettings) {
        guard settings.failurePercent != nil || settings.failureRequests != nil else { return nil }
        self.init(
            percent: settings.failurePercent ?? Self.standard.percent,
            requests: settings.failureRequests ?? Self.standard.requests
        )
    }
}
