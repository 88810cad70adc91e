// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// One run's lane as the loop works it: which request is in which slot, and the socket's watch.
///
/// Confined to the loop.
final class LaneStation {
    let order: LaneOrder
    let lane: Lane
    let id: LaneID
    let deployment: Deployment
    /// The live request in each slot; `none` for a free slot, a probe or a withdrawn request.
    var slots: ContiguousArray<RequestID>
    /// The ticket in each slot.
    var tickets: ContiguousArray<Ticket?>
    /// When the request in each slot was seen to have been begun.
    var begunAt: ContiguousArray<Moment?>
    /// Whether its scorer has said that requests may come.
    var isReady = false
    /// Whether its socket woke us since the last look at it, busy or not.
    var wasRung = false
    /// When something last came out of its lane.
    var heardAt = Moment.zero
    /// Whether it has said that it cannot start.
    var hasFailed = false
    /// How its scorer said that it works.
    var declared = DeclaredWork()
    /// Whether requests may share a call.
    var sharesCalls = false
    /// What its scorer told of its model last, and when that was passed on.
    var told = Told<String>()
    /// The metrics that it published last.
    var metrics = Told<[ScorerMetric]>()
    /// Whether its scorer was told to leave.
    var isDismissed = false
    var isEnded = false
    /// Whether the socket is left alone for a while.
    var isResting = false
    var watch: LaneWatcher?

    var run: Run { order.run }

    init(order: LaneOrder, lane: Lane, id: LaneID, deployment: Deployment) {
        self.order = order
        self.lane = lane
        self.id = id
        self.deployment = deployment
        self.slots = ContiguousArray(repeating: .none, count: lane.shape.slots)
        self.tickets = ContiguousArray(repeating: nil, count: lane.shape.slots)
        self.begunAt = ContiguousArray(repeating: nil, count: lane.shape.slots)
    }

    /// Whether any slot is in use.
    var isBusy: Bool { lane.credit < slots.count }

    func hold(_ request: RequestID, under ticket: Ticket) {
        slots[ticket.slot] = request
        tickets[ticket.slot] = ticket
        begunAt[ticket.slot] = nil
    }

    /// The ticket under which a request is held.
    func ticket(of request: RequestID) -> Ticket? {
        guard let slot = slots.firstIndex(of: request) else { return nil }
        return tickets[slot]
    }

    /// The scorer may write another part.
    func acknowledge(_ ticket: Ticket) {
        if !isEnded { lane.acknowledgePart(of: ticket) }
    }
}
