// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How a model is to be deployed, as the document beside it says.
///
/// Nothing stands where the document says nothing: what then holds is the supervisor's to decide.
public struct DeploymentSettings: Hashable, Codable, Sendable {
    /// The deployment's name.
    public var deployment: DeploymentName?
    /// The endpoint that it stands behind.
    public var endpoint: EndpointName?
    /// How many instances.
    public var instances = 1
    /// Environment variables of the scorer.
    public var variables: [String: String] = [:]
    /// Whole time a request may take, waiting included.
    public var requestTimeoutMilliseconds: Int?
    /// Longest body of a request in bytes.
    public var bodyLimit: Int?
    /// Calls of the model at once, in one instance.
    public var concurrentRequests = 1
    /// Whether the document says how many, which bounds the requests that are taken on.
    public var isConcurrencyWritten = false
    /// The instance type, as it is written.
    public var instanceType: WrittenName?
    /// How a scorer is asked whether it still works.
    public var livenessProbe: ProbeSettings?
    /// How a scorer is asked whether it may be sent requests.
    public var readinessProbe: ProbeSettings?
    /// How a scorer is asked whether its start is over, before the other two begin.
    public var startupProbe: ProbeSettings?
    /// How a new revision takes over.
    public var rollout = RolloutSettings()
    /// What Azure would collect of requests and answers; only what collects nothing is taken.
    public var dataCollector: DataCollectorSettings?
    /// Whether the scorer may reach the network.
    public var isNetworkAllowed = false
    /// What happens to a request whose scorer died.
    public var retry: RetryPolicy?
    /// Whether another Python than the asked one will do.
    public var pythonPolicy = PythonPolicy.exact
    /// How a model's own failures are shown.
    public var statuses: StatusStyle?
    /// Whether scorers are forked from a warmed parent.
    public var isForkServerUsed: Bool?
    /// Whether rows of waiting requests share calls of the model.
    public var merging: MergePolicy?
    /// Whether a caller is shown the stack of a model's own failure.
    public var showsFailures = false
    /// The least isolation that will do.
    public var minimumIsolation: IsolationLevel?
    /// Where its scorers run.
    public var core: CorePlacement?
    /// Seconds that a start may take.
    public var startDeadlineSeconds: Int?

    /// How many instances a deployment may have.
    public static let instanceCounts = 1...50
    /// What Azure gives a request, waiting included, where a document says nothing.
    public static let azureTimeoutMilliseconds = 5_000
    /// How long a body may be, whatever a document says.
    public static let bodyLimits = 1...(4 << 30)

    /// What holds without a document.
    public init() {}

    /// How many requests may be under way before others get 429; nothing where it is not said.
    ///
    /// Source: Azure Machine Learning, "Troubleshoot online endpoints", 429: twice the calls of all
    /// instances.
    public var pendingLimit: Int? {
        isConcurrencyWritten ? 2 * concurrentRequests * instances : nil
    }
}
