// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the supervisor asks of the gateway.
public enum GatewayOrder: Codable, Sendable {
    /// Accept connections on the listening socket that comes with this.
    case listen(Listener)
    /// Make a lane over the socket that comes with this, and greet the run's scorer.
    case lane(LaneOrder)
    /// The whole truth about one endpoint, replacing what was known of it.
    case route(EndpointRoute)
    /// The endpoint is gone: 404 from now on.
    case unroute(EndpointName)
    /// Ask the run's work loop whether it is well: answered by `probed` after the timeout at most.
    case probe(Run, ProbeKind, timeoutMilliseconds: Int)
    /// Bind no more requests to the run; tell its scorer to leave once its lane is empty.
    case drain(Run)
    /// The run is dead and its tree is gone: settle what it held. Where it went with its node, its
    /// requests are not to blame; supervisors of earlier versions do not say.
    case end(Run, withNode: Bool? = nil)
    /// Ask a run what its deployment was asked before: answered by `compared`, unless it ends.
    case compare(ComparisonOrder)
    /// Report counters: answered by `statistics` for each deployment, then `statisticsEnd`.
    case reportStatistics(id: Int)
    /// Report how mirrored answers compare with the live ones: answered by `comparison` for each pair
    /// of revisions, then `comparisonsEnd`.
    case reportComparisons(id: Int)
    /// Report what the revisions of a deployment answered: answered by `answers`.
    case reportAnswers(DeploymentKey)
    /// No gateway comes after this one: when it leaves, it tells every scorer to leave.
    case last
    /// Accept nothing more, finish what is under way within the grace, leave.
    case leave(graceMilliseconds: Int)
}

/// What the gateway tells the supervisor.
public enum GatewayReport: Codable, Sendable {
    /// First on every connection; gateways of earlier versions do not say what they run.
    case hello(pid: Int32, program: ProgramIdentity? = nil)
    /// After `hello`: a listening socket that is held, with its descriptor.
    case listening(Listener)
    /// After `hello`: a lane that is held, and whether its scorer has said ready.
    case holding(Run, isReady: Bool)
    /// After the last of those.
    case helloEnd
    /// The run's scorer can answer.
    case ready(Run)
    /// The run's scorer said why it cannot start.
    case startFailed(Run, String)
    /// The run's scorer told facts about its model: JSON, if it keeps to the rules.
    case told(Run, String)
    /// The run's scorer published its metrics: all of them, checked.
    case metrics(Run, [ScorerMetric])
    /// The lane was thrown away: it broke a rule, hung, or its socket closed.
    case ejected(Run, String)
    /// The run's work loop answered in time, or was busy with a request that is not late.
    case probed(Run, ProbeKind, isAnswered: Bool)
    /// The run holds no request and has been told to leave.
    case drained(Run)
    /// What a run answered to what was asked before.
    case compared(RevisionTally)
    /// One deployment's counters.
    case statistics(DeploymentStatistics)
    /// What the revisions of a deployment answered since the gateway started, in order.
    case answers(DeploymentKey, [RevisionAnswers])
    /// All counters of this request have been sent.
    case statisticsEnd(id: Int)
    /// What the answers of one pair of revisions differed in.
    case comparison(MirrorTally)
    /// All comparisons of this request have been sent.
    case comparisonsEnd(id: Int)
}

/// A listening socket and what it answers for.
public struct Listener: Codable, Sendable, Hashable {
    /// `host:port` as it is bound.
    public var address: String
    /// The endpoint whose routes stand at this socket's root; nothing for the common listener.
    public var endpoint: EndpointName?

    /// Makes a listener.
    public init(address: String, endpoint: EndpointName? = nil) {
        self.address = address
        self.endpoint = endpoint
    }
}

/// How to make a run's lane.
public struct LaneOrder: Codable, Sendable {
    /// The run.
    public var run: Run
    /// The revision it serves.
    public var revision: Revision
    /// Calls of the model at once: `max_concurrent_requests_per_instance`.
    public var calls: Int
    /// Requests bound ahead of the calls under way.
    public var ahead: Int
    /// The same once its scorer has said that requests may share a call.
    public var aheadOfShared: Int
    /// Whether its scorer runs on the gateway's core; supervisors of earlier versions do not say, and
    /// theirs do not.
    public var isOnGatewayCore: Bool?

    /// Makes an order.
    public init(
        run: Run,
        revision: Revision,
        calls: Int,
        ahead: Int,
        aheadOfShared: Int,
        isOnGatewayCore: Bool? = nil
    ) {
        self.run = run
        self.revision = revision
        self.calls = calls
        self.ahead = ahead
        self.aheadOfShared = aheadOfShared
        self.isOnGatewayCore = isOnGatewayCore
    }
}

/// One endpoint: its deployments and how traffic is split between them.
public struct EndpointRoute: Codable, Sendable {
    /// The endpoint.
    public var endpoint: EndpointName
    /// Its deployments, in order of name.
    public var deployments: [DeploymentRoute]
    /// How answers to mirrored requests are compared with the live ones; nothing where they are not.
    public var comparison: MirrorComparison?

    /// Makes a route.
    public init(
        endpoint: EndpointName,
        deployments: [DeploymentRoute],
        comparison: MirrorComparison? = nil
    ) {
        self.endpoint = endpoint
        self.deployments = deployments
        self.comparison = comparison
    }
}

/// One deployment behind an endpoint, as the gateway needs to know it.
public struct DeploymentRoute: Codable, Sendable {
    /// Which dialects its scorers speak.
    public enum Contract: String, Codable, Sendable {
        /// MLflow's and Azure's no-code routes.
        case mlflow
        /// Whatever is posted to `/score` goes to the scorer as it is.
        case native
        /// Azure's scoring server's routes: what comes to `/score` and `/swagger.json` goes to the
        /// script as it is.
        case script
    }

    /// Whether requests are bound, wait, or are refused.
    public enum Availability: Codable, Sendable, Hashable {
        /// At least one run serves, or will: requests may wait for it.
        case open
        /// No run will come: 503 with this sentence.
        case failed(String)
    }

    /// The deployment.
    public var key: DeploymentKey
    /// Percent of the endpoint's traffic, 0 to 100.
    public var percent: Int
    /// Which dialects its scorers speak.
    public var contract: Contract
    /// Whether requests are bound, wait, or are refused.
    public var availability: Availability
    /// The runs that may be given requests.
    public var runs: [Run]
    /// Whole time a request may take, waiting included.
    public var deadlineMilliseconds: Int
    /// What happens to a request whose scorer died.
    public var retry: RetryPolicy
    /// How a model's own failures are shown.
    public var statuses: StatusStyle
    /// Most requests waiting; one more is refused with 429.
    public var waitingLimit: Int
    /// Longest body in bytes; longer is refused with 413.
    public var bodyLimit: Int
    /// Percent of the requests that the split placed, 0 to 50, whose copies it gets; of one
    /// deployment of an endpoint, and of none that has traffic of its own.
    public var mirrorPercent: Int
    /// Most requests waiting and being scored, one more is refused with 429; nothing for no limit.
    public var pendingLimit: Int?
    /// Recent requests and their answers that are kept in memory, at most; nothing where none are.
    public var keptRequests: Int?

    /// Makes a deployment's route.
    public init(
        key: DeploymentKey,
        percent: Int,
        contract: Contract,
        availability: Availability,
        runs: [Run],
        deadlineMilliseconds: Int,
        retry: RetryPolicy,
        statuses: StatusStyle,
        waitingLimit: Int = 1_000,
        bodyLimit: Int = 16 << 20,
        mirrorPercent: Int = 0,
        pendingLimit: Int? = nil
    ) {
        self.key = key
        self.percent = percent
        self.contract = contract
        self.availability = availability
        self.runs = runs
        self.deadlineMilliseconds = deadlineMilliseconds
        self.retry = retry
        self.statuses = statuses
        self.waitingLimit = waitingLimit
        self.bodyLimit = bodyLimit
        self.mirrorPercent = mirrorPercent
        self.pendingLimit = pendingLimit
    }
}

/// What the gateway counted for one deployment since it started.
public struct DeploymentStatistics: Codable, Sendable {
    /// The deployment.
    public var key: DeploymentKey
    /// Answers by HTTP status.
    public var answers: [Int: UInt64]
    /// Upper bounds of the latency histogram's buckets in microseconds; one more bucket follows.
    public var latencyBounds: [UInt64]
    /// Answers in each bucket, not cumulated; one more than `latencyBounds`.
    public var latencyCounts: [UInt64]
    /// Sum of all latencies in microseconds.
    public var latencySum: UInt64
    /// Requests waiting for a lane now.
    public var waiting: Int
    /// Requests bound to a lane now.
    public var bound: Int
    /// Requests that were scored again after their scorer died.
    public var redispatched: UInt64
    /// Requests dropped unseen: their client had gone or their deadline passed.
    public var abandoned: UInt64
    /// What it got of copies of live requests; nothing where it never got one.
    public var mirrored: MirrorStatistics?

    /// Makes counters.
    public init(
        key: DeploymentKey,
        answers: [Int: UInt64],
        latencyBounds: [UInt64],
        latencyCounts: [UInt64],
        latencySum: UInt64,
        waiting: Int,
        bound: Int,
        redispatched: UInt64,
        abandoned: UInt64,
        mirrored: MirrorStatistics? = nil
    ) {
        self.key = key
        self.answers = answers
        self.latencyBounds = latencyBounds
        self.latencyCounts = latencyCounts
        self.latencySum = latencySum
        self.waiting = waiting
        self.bound = bound
        self.redispatched = redispatched
        self.abandoned = abandoned
        self.mirrored = mirrored
    }
}
