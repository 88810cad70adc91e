// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a lane holds at one moment.
public struct LaneObservation: Hashable, Sendable {
    /// Requests that the scorer has begun and not answered.
    public var taken: Int
    /// The earliest deadline of those.
    public var earliestDeadline: Moment?
    /// The oldest request that it has not begun.
    public var oldestWaiting: UInt64?

    /// Makes an observation.
    public init(taken: Int, earliestDeadline: Moment?, oldestWaiting: UInt64?) {
        self.taken = taken
        self.earliestDeadline = earliestDeadline
        self.oldestWaiting = oldestWaiting
    }
}

/// Decides whether a lane's scorer hangs: there is no heartbeat, the work itself is the proof.
///
/// It hangs when a request that it has begun is more than a second past its deadline, or when it
/// has begun nothing for three seconds although a request waits and it has a call to spare. The
/// time by which our own look came late is never held against it.
public struct LaneWatch: Hashable, Sendable {
    /// Why a scorer is held to hang.
    public enum Verdict: Hashable, Sendable, CustomStringConvertible {
        /// A begun request is this long past its deadline.
        case late(Duration)
        /// Nothing was begun for this long.
        case idle(Duration)

        /// What was seen, without a subject.
        public var description: String {
            switch self {
            case .late(let duration):
                "a request is \(duration.wholeMilliseconds) ms past its deadline"
            case .idle(let duration):
                "no request was begun for \(duration.wholeMilliseconds) ms"
            }
        }
    }

    private static let lateness = Duration.seconds(1)
    private static let idleness = Duration.seconds(3)

    private let calls: Int
    private var waiting: UInt64?
    private var idle = Duration.zero
    private var lastLook: Moment?
    private var grace = Duration.zero

    /// Watches a lane of so many calls at once.
    public init(calls: Int) {
        self.calls = calls
    }

    /// Looks at `now`, `lag` later than was intended; nothing means the scorer is well.
    public mutating func look(
        at observation: LaneObservation,
        now: Moment,
        lag: Duration = .zero
    ) -> Verdict? {
        let isStill =
            observation.oldestWaiting != nil && observation.oldestWaiting == waiting
            && observation.taken < calls
        let passed = lastLook.map { now - $0 } ?? .zero
        idle = isStill ? idle + max(.zero, passed - lag) : .zero
        grace = observation.earliestDeadline == nil ? .zero : grace + lag
        waiting = observation.oldestWaiting
        lastLook = now
        if let deadline = observation.earliestDeadline, now - deadline > Self.lateness + grace {
            return .late(now - deadline)
        }
        return idle >= Self.idleness ? .idle(idle) : nil
    }
}
