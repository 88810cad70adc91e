// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the dispatcher knows of one request.
struct RequestRecord: Sendable {
    /// Where a request stands.
    enum State: UInt8, Sendable {
        /// The place is free.
        case free
        /// Its body is coming.
        case receiving
        /// In its deployment's FIFO.
        case waiting
        /// In its deployment's line of suspects.
        case suspected
        /// In a lane.
        case bound
    }

    var generation: UInt32 = 0
    var state = State.free
    /// Lanes that ended under it.
    var deaths: UInt8 = 0
    /// The last of those.
    var outlived = LaneID.none
    /// The scorer has begun it.
    var isTaken = false
    /// The lane whose scorer died while scoring it; `none` unless one did.
    var suspectedFor = LaneID.none
    /// A part of its answer has come: it cannot be scored again.
    var hasPartLeft = false
    /// Parts that its client has not taken over: two at most.
    var unreadParts: UInt8 = 0
    /// It is the copy of a live request: nobody waits for it from the beginning.
    var isCopy = false
    /// It is a copy for one lane and no other.
    var isTrial = false
    /// Nobody waits for it any more; it is here only because a lane holds it.
    var isAbandoned = false
    /// Its lane was asked to give it back so that an idle lane may have it.
    var isBeingMoved = false
    var deployment: Int32 = 0
    var lane: Int32 = -1
    /// What has come of its body.
    var bytes = 0
    /// What its client said would come; zero where it said nothing.
    var announced = 0
    /// What is kept for it: what came, and as much of what it announced as it is believed.
    var claim = 0
    var digest: UInt64 = 0
    var deadline = Moment.zero
    var boundAt = Moment.zero
    /// Its neighbours in the FIFO, the line of suspects or the lane: it is in one at most.
    var place = Links()
    /// Its neighbours among its deployment's deadlines, or among its streams.
    var turn = Links()

    /// A scorer died while scoring it: it is scored alone or not at all.
    var isSuspect: Bool { suspectedFor != .none }
}

/// A record's neighbours in one list; -1 where there is none.
struct Links: Sendable {
    var previous: Int32 = -1
    var next: Int32 = -1
}

/// The ends of a list that is threaded through the slab's records.
struct LinkedList: Sendable {
    var first: Int32 = -1
    var last: Int32 = -1
    var count = 0

    var isEmpty: Bool { first < 0 }
}
