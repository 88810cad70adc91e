// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether a request may come in, decided before its body is read.
public enum Admission: Hashable, Sendable {
    /// It may; its deadline runs.
    case admitted(RequestID, deadline: Moment)
    /// It may not.
    case refused(Refusal)
}

/// Why a request may not come in.
public enum Refusal: Hashable, Sendable {
    /// As many requests wait as may.
    case tooManyWaiting
    /// As many requests are under way as may be.
    case tooManyPending
    /// The bodies that are held take all the memory they may.
    case tooManyBytes
    /// The body is longer than the deployment takes.
    case bodyTooLong
    /// No run of the deployment will come.
    case closed
}

/// What holds for every request of one deployment.
public struct DeploymentRules: Hashable, Sendable {
    /// Whether requests may wait for a run.
    public var isOpen: Bool
    /// Most requests waiting.
    public var waitingLimit: Int
    /// Most whole requests waiting and being scored; nothing for no limit.
    public var pendingLimit: Int?
    /// Longest body in bytes.
    public var bodyLimit: Int
    /// Most bytes of its bodies held at once, where that is more than every deployment has.
    public var bodyRoom: Int
    /// Whole time a request may take.
    public var deadline: Duration
    /// What happens to a request whose scorer died while scoring it.
    public var retry: RetryPolicy

    /// Makes rules.
    public init(
        isOpen: Bool = true,
        waitingLimit: Int = 1_000,
        pendingLimit: Int? = nil,
        bodyLimit: Int = 16 << 20,
        bodyRoom: Int = 0,
        deadline: Duration = .seconds(60),
        retry: RetryPolicy = .once
    ) {
        self.isOpen = isOpen
        self.waitingLimit = waitingLimit
        self.pendingLimit = pendingLimit
        self.bodyLimit = bodyLimit
        self.bodyRoom = bodyRoom
        self.deadline = deadline
        self.retry = retry
    }
}
