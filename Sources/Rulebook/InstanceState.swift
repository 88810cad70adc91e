// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What an instance is doing, with exactly what exists while it does so.
///
/// Each payload is made from the one before it, so that a reservation, a run or a lease cannot
/// appear from nowhere:
///
/// ```
/// waiting --spawn--> starting --ready--> serving --surplus--> draining --drained--> stopping
///                      |                    ^                                          ^
///                      +--ready--> comparing+--not wanted, or it ends------------------+
///
///    ^                 | | ^                |  |                                     ^ ^  |
///    |                 | | +--gateway lost--+  |                                     | |  |
///    |                 | +--too late-----------+--ejected----------------------------+ |  |
///    |                 |                                                               |  |
///    |                 +--not wanted any more------------------------------------------+  |
///    +--backingOff <--exited, to be restarted (five times in vain: failed)----------------+
/// ```
package enum InstanceState: Codable, Hashable, Sendable {
    /// It has a place and no process; it is started as soon as that is safe.
    case waiting(Waiting)
    /// It may have a process, which cannot answer yet, or not over the present gateway.
    case starting(Starting)
    /// Its scorer can answer, and is asked only what was asked before: its answers are compared.
    case comparing(Comparing)
    /// Its scorer can answer.
    case serving(Serving)
    /// It is bound no more requests and finishes what it holds; it never comes back from here.
    case draining(Draining)
    /// Its tree is being ended.
    case stopping(Stopping)
    /// It has no process and waits for a moment.
    case backingOff(BackingOff)
    /// It was given up, and holds nothing.
    case failed(Problem)

    /// The state's name.
    package var name: StateName {
        switch self {
        case .waiting: .waiting
        case .starting: .starting
        case .comparing: .comparing
        case .serving: .serving
        case .draining: .draining
        case .stopping: .stopping
        case .backingOff: .backingOff
        case .failed: .failed
        }
    }

    /// The place that it holds.
    package var reservation: Reservation? {
        switch self {
        case .waiting(let state): state.reservation
        case .starting(let state): state.reservation
        case .comparing(let state): state.reservation
        case .serving(let state): state.reservation
        case .draining(let state): state.reservation
        case .stopping(let state): state.reservation
        case .backingOff(let state): state.reservation
        case .failed: nil
        }
    }

    /// The run that may have a process.
    package var live: LiveRun? {
        switch self {
        case .starting(let state): state.live
        case .comparing(let state): state.live
        case .serving(let state): state.live
        case .draining(let state): state.live
        case .stopping(let state): state.live
        case .waiting, .backingOff, .failed: nil
        }
    }

    /// The right to be routed to.
    package var lease: Lease? {
        if case .serving(let state) = self { state.lease } else { nil }
    }

    /// Whether it is on its way out for good.
    var isLeaving: Bool {
        switch self {
        case .draining, .failed: true
        case .stopping(let state): state.afterwards == .leave
        case .waiting, .starting, .comparing, .serving, .backingOff: false
        }
    }
}

/// A place and no process yet.
package struct Waiting: Codable, Hashable, Sendable {
    /// The place.
    package let reservation: Reservation
}

/// A process, or the order for one, that cannot answer yet.
package struct Starting: Codable, Hashable, Sendable {
    /// The place.
    package let reservation: Reservation
    /// The run.
    package var live: LiveRun
    /// When it is given up, unless it waits for a gateway.
    package var deadline: Moment
    /// Since when it had served before the gateway was lost; nothing when it never has.
    package var servedSince: Moment?
    /// Since when it could answer and was compared before the gateway was lost; nothing when it was
    /// not.
    var readySince: Moment?

    /// Whether the deadline counts: not while the only thing missing is a gateway.
    var isTimed: Bool { live.pid == nil || live.hasLane }
}

/// A process that can answer, and whose answers are compared before anybody gets them.
package struct Comparing: Codable, Hashable, Sendable {
    /// The place.
    package let reservation: Reservation
    /// The run.
    package var live: LiveRun
    /// Since when it can answer.
    let since: Moment
}

/// A process that can answer.
package struct Serving: Codable, Hashable, Sendable {
    /// The place.
    package let reservation: Reservation
    /// The run.
    package var live: LiveRun
    /// The right to be routed to.
    package let lease: Lease
    /// What its probes have come to; nothing where none are wanted.
    var probes: ProbeState?
}

/// A process that finishes what it holds.
package struct Draining: Codable, Hashable, Sendable {
    /// The place.
    package let reservation: Reservation
    /// The run.
    package var live: LiveRun
    /// When it is ended with whatever it still holds.
    package var deadline: Moment
    /// Whether the present gateway was told.
    package var isTold = false
}

/// A process that is being ended.
package struct Stopping: Codable, Hashable, Sendable {
    /// What becomes of the instance when its tree is gone.
    package enum Afterwards: Codable, Hashable, Sendable {
        /// It is started again.
        case restart
        /// It is no more.
        case leave
    }

    /// The place.
    package let reservation: Reservation
    /// The run.
    package var live: LiveRun
    /// When its node is told to end it, or told again.
    package var endAt: Moment
    /// How often its node was told.
    package var ends = 0
    /// What becomes of the instance.
    package var afterwards: Afterwards
    /// Since when it could answer; nothing when it never could.
    package let servedSince: Moment?
    /// Why it is ended.
    package let why: String
}

/// A place, no process, and a moment to wait for.
package struct BackingOff: Codable, Hashable, Sendable {
    /// The place.
    package let reservation: Reservation
    /// When it is started again.
    package var until: Moment
}
