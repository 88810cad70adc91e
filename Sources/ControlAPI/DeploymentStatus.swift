// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// One deployment: what is wanted, what is there, and why they differ.
public struct DeploymentStatus: Codable, Sendable, Hashable {
    /// What a deployment is doing.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Its environment is being built.
        case building
        /// No instance serves yet; some are on their way.
        case starting
        /// As many instances of the wanted revision serve as are wanted.
        case serving
        /// Requests are answered while instances are replaced or started again.
        case changing
        /// The wanted revision failed; the one before it goes on serving.
        case halted
        /// Nothing serves and nothing will come by itself.
        case failed
        /// It finishes what it has and goes.
        case removing

        /// Whether requests are being answered.
        public var isAnswering: Bool {
            switch self {
            case .serving, .changing, .halted: true
            case .building, .starting, .failed, .removing: false
            }
        }
    }

    /// Its name.
    public var name: DeploymentName
    /// The revision that is wanted.
    public var revision: Revision
    /// The newest revision, where it was given up; `why` says why.
    public var givenUp: Revision?
    /// Whether somebody undid that one, and what stands is what was asked for.
    public var isUndone: Bool?
    /// Instances that are wanted.
    public var wanted: Int
    /// Instances that serve, of any revision.
    public var serving: Int
    /// What it is doing.
    public var state: State
    /// A sentence on why it is in that state; empty where there is nothing to say.
    public var why: String
    /// Where its requests can be sent directly.
    public var url: String
    /// Percent of the endpoint's traffic.
    public var percent: Int
    /// Percent of the endpoint's requests that it is sent copies of.
    public var mirrorPercent: Int
    /// The digest of the model's copy; nothing for a program without a model.
    public var model: Digest?
    /// Its environment; nothing for a native scorer.
    public var environment: EnvironmentStatus?
    /// The lowest level that an instance of it got; nothing before the first has started.
    public var isolation: IsolationLevel?
    /// Why that is not higher, a sentence each.
    public var isolationReasons: [String]
    /// What happens to a request whose scorer died.
    public var retry: RetryPolicy
    /// Whole time a request may take.
    public var deadlineMilliseconds: Int
    /// The instances, in order of ordinal.
    public var instances: [InstanceStatus]
    /// What the gateway counted; filled in by the control plane.
    public var requests: RequestCounters?
    /// What was declared of it; nothing from an older server.
    public var declared: DeclaredFacts?

    /// Makes a deployment's facts.
    public init(
        name: DeploymentName,
        revision: Revision,
        givenUp: Revision? = nil,
        wanted: Int,
        serving: Int,
        state: State,
        why: String,
        url: String,
        percent: Int = 100,
        mirrorPercent: Int = 0,
        model: Digest?,
        environment: EnvironmentStatus?,
        isolation: IsolationLevel?,
        isolationReasons: [String],
        retry: RetryPolicy,
        deadlineMilliseconds: Int,
        instances: [InstanceStatus],
        requests: RequestCounters? = nil
    ) {
        self.name = name
        self.revision = revision
        self.givenUp = givenUp
        self.wanted = wanted
        self.serving = serving
        self.state = state
        self.why = why
        self.url = url
        self.percent = percent
        self.mirrorPercent = mirrorPercent
        self.model = model
        self.environment = environment
        self.isolation = isolation
        self.isolationReasons = isolationReasons
        self.retry = retry
        self.deadlineMilliseconds = deadlineMilliseconds
        self.instances = instances
        self.requests = requests
    }
}
