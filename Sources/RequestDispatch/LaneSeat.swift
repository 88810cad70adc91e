// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the dispatcher knows of one lane.
struct LaneSeat: Sendable {
    var generation: UInt32 = 0
    var isOpen = false
    var deployment: Int32 = 0
    /// What its scorer serves.
    var revision = Revision(number: 0)
    /// Calls of the model at once.
    var calls = 1
    /// Requests it may hold; fewer than it holds for a while after that was lowered.
    var slots = 1
    /// Slots in use: live requests, and withdrawn ones and probes that have not come back.
    var used = 0
    var isReady = false
    var isRouted = false
    var isDraining = false
    var isDrainReported = false
    var isEjecting = false
    /// Whether its end will be that of its node.
    var isExcused = false
    /// The suspect that is being scored alone; -1 for none.
    var suspect: Int32 = -1
    /// The live requests it holds, in the order in which they were posted.
    var bound = LinkedList()
    /// When something was last heard of its scorer: a take, an answer, a slot that came back.
    var heard = Moment.zero
    /// When the oldest slot without a live request was posted; meaningless while there is none.
    var ghostSince = Moment.zero

    var mayServe: Bool { isReady && isRouted && !isDraining && !isEjecting }
    /// Slots that may be in use; for a copy, that may be in use together with its own.
    func credit(forCopy: Bool) -> Int { forCopy ? min(calls, slots) : slots }
    /// Slots that hold no live request.
    var ghosts: Int { used - bound.count }
}
