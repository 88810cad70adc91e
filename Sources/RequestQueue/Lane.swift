// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Glibc
import Vocabulary
import Wire

/// The gateway's end of one run's lane: two regions of shared memory and a socket.
///
/// One lane serves one run in one life of the gateway. It is confined to one event loop, which
/// reads the socket itself and goes in turns. Whatever woke it: `disarm`, and `interpret` for each
/// packet that was read. Then `post` and `drain`; once nothing is left to do, `arm`. Where `arm`
/// answers false, there is more: `drain` again. Where `rest` is set after it, the socket rings for
/// nothing: leave it alone for so long.
///
/// Source: the lane's layout, `scorer_abi.h`; its rules, the tests of this target.
public final class Lane {
    /// The shape it was made with.
    public let shape: LaneShape
    /// The socket, for polling; none of its packets is longer than 4,112 bytes.
    public let socket: Descriptor
    private let lane: OpaquePointer
    /// Where each packet is read to: it is long, and most are bells of one byte.
    private let packet: UnsafeMutablePointer<lane_packet>
    private var patience = BellPatience()
    private var wasWoken = false
    private var foundSomething = false
    private var hasSaidReady = false
    private var hasSaidFailed = false

    /// Makes, maps and seals the memory and greets the scorer at the other end of `socket`.
    ///
    /// Shape: `generation` differs from that of every earlier lane over the same socket.
    /// Errors: `system` when the kernel refuses or the shape is not legal.
    public init(socket: Descriptor, shape: LaneShape, generation: UInt64) throws(LaneError) {
        var lane: OpaquePointer?
        let result = lane_open(socket.number, shape.layout, generation, &lane)
        guard result == LANE_OK, let lane else {
            throw .system(SystemError("make a lane of \(shape.slots) slots"))
        }
        self.lane = lane
        packet = .allocate(capacity: 1)
        packet.initialize(to: lane_packet())
        self.shape = shape
        self.socket = socket
    }

    deinit {
        lane_close(lane)
        packet.deallocate()
    }

    /// Slots that are free to post into; none once the lane has ended.
    public var credit: Int { Int(lane_credit(lane)) }

    /// How the scorer broke the rules, if it did.
    public var violation: ProtocolViolation? { ProtocolViolation(lane_violation(lane)) }

    /// Copies a request into the lane, once, and rings if the scorer sleeps.
    ///
    /// Shape: a body that does not fit beside the head goes into memory of its own. One that is
    /// gathered rings nobody: `ring` follows once all is posted, and before the loop sleeps.
    /// Errors: nothing was posted after any of them; see `LaneError`.
    public func post(
        head: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer,
        deadline: Moment,
        sharesCalls: Bool = false,
        isGathered: Bool = false
    ) throws(LaneError) -> Ticket {
        var bytes = lane_bytes(body)
        var request = lane_post(SCORER_KIND_SCORE, head, deadline, sharesCalls)
        request.body_count = 1
        request.is_gathered = isGathered
        return try withUnsafePointer(to: &bytes) { (body) throws(LaneError) -> Ticket in
            request.body = body
            return try post(&request)
        }
    }

    /// The same for a body in several pieces.
    public func post(
        head: UnsafeRawBufferPointer,
        body: [UnsafeRawBufferPointer],
        deadline: Moment,
        sharesCalls: Bool = false,
        isGathered: Bool = false
    ) throws(LaneError) -> Ticket {
        let pieces = body.map(lane_bytes.init)
        var request = lane_post(SCORER_KIND_SCORE, head, deadline, sharesCalls)
        request.body_count = pieces.count
        request.is_gathered = isGathered
        return try pieces.withUnsafeBufferPointer { (pieces) throws(LaneError) -> Ticket in
            request.body = pieces.baseAddress
            return try post(&request)
        }
    }

    /// Posts a body that has memory of its own; the body may be posted again elsewhere.
    public func post(
        head: UnsafeRawBufferPointer,
        body: LongBody,
        deadline: Moment,
        sharesCalls: Bool = false,
        isGathered: Bool = false
    ) throws(LaneError) -> Ticket {
        var request = lane_post(SCORER_KIND_SCORE, head, deadline, sharesCalls)
        request.apart = try body.seal()
        request.apart_length = UInt64(body.count)
        request.is_gathered = isGathered
        return try withExtendedLifetime(body) { () throws(LaneError) -> Ticket in
            try post(&request)
        }
    }

    /// Asks the scorer's work loop for a sign of life; answered by a `pong`.
    public func ping(deadline: Moment) throws(LaneError) -> Ticket {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        var request = lane_post(SCORER_KIND_PING, nothing, deadline, false)
        return try post(&request)
    }

    private func post(_ request: inout lane_post) throws(LaneError) -> Ticket {
        var ticket = lane_ticket()
        switch lane_post(lane, &request, &ticket) {
        case LANE_OK: return Ticket(ticket)
        case LANE_FULL: throw .full
        case LANE_HEAD_TOO_LONG: throw .headTooLong(limit: shape.areaBytes)
        case LANE_SOCKET_FULL: throw .socketFull
        case LANE_ENDED: throw .ended
        default: throw .system(SystemError("post a request"))
        }
    }

    /// Rings, once for all that was gathered, if the scorer sleeps.
    public func ring() { lane_ring(lane) }

    /// Takes a request back; its slot comes back with its completion in either case.
    public func cancel(_ ticket: Ticket) -> CancelOutcome {
        lane_cancel(lane, ticket.claim) == LANE_CANCEL_WITHDRAWN ? .withdrawn : .begun
    }

    /// Whether the scorer has begun a request that the lane still holds.
    ///
    /// After a death, and once the lane is drained, this decides between another lane and a retry.
    public func wasTaken(_ ticket: Ticket) -> Bool { lane_was_taken(lane, ticket.claim) }

    /// The requests that the lane holds, in the order of posting.
    public var held: [Ticket] {
        var held: [Ticket] = []
        for slot in 0..<UInt32(shape.slots) {
            var ticket = lane_ticket()
            if lane_held(lane, slot, &ticket) { held.append(Ticket(ticket)) }
        }
        return held.sorted()
    }

    /// Shows every completion that has come, in the scorer's order.
    ///
    /// No more than the ring holds: a scorer that goes on for as long as it is read would keep
    /// everybody else waiting. What came meanwhile is there at the next call, and `arm` says so.
    /// The slot of a request that ended is free again when `handle` returns, not before; posting
    /// and cancelling from within `handle` is allowed.
    /// Errors: a violation ends the lane; what was shown before it stands.
    public func drain(_ handle: (borrowing Completion) -> Void) throws(ProtocolViolation) {
        var completion = lane_completion()
        var rest = scorer_completions(shape.layout)
        while rest > 0, lane_next(lane, &completion) {
            rest -= 1
            foundSomething = true
            handle(Completion(completion))
            lane_finish(lane, &completion)
        }
        if let violation { throw violation }
    }

    /// The client has taken one part of this answer over: the scorer may write another.
    public func acknowledgePart(of ticket: Ticket) { lane_acknowledge(lane, ticket.claim) }

    /// Announces that we are about to sleep and looks again: false when there is more to drain.
    public func arm() -> Bool {
        if foundSomething { patience.foundSomething() }
        if wasWoken { patience.woke() }
        wasWoken = false
        foundSomething = false
        return lane_arm(lane)
    }

    /// Awake: the scorer need not ring.
    public func disarm() { lane_disarm(lane) }

    /// How long to leave the socket alone, because it rings for nothing; look by timer meanwhile.
    public var rest: Duration? { patience.rest }

    /// Reads one packet that came from the socket; nothing for what says nothing to us.
    ///
    /// Errors: a packet that is not one ends the lane.
    public func interpret(
        packet bytes: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> ScorerPacket? {
        _ = lane_packet_parse(lane, bytes.baseAddress, bytes.count, packet)
        wasWoken = true
        if let violation { throw violation }
        let said = ScorerPacket(packet)
        switch said {
        case .ready where !hasSaidReady:
            hasSaidReady = true
            foundSomething = true
        case .failed where !hasSaidFailed:
            hasSaidFailed = true
            foundSomething = true
        // What was said before is as empty as a bell for nothing; so is what may be said at any time.
        case .bell, .ready, .failed, .shares, .threads, .told, .metrics, nil: break
        }
        return said
    }

    /// Tells the scorer to leave once it has nothing left to do.
    public func tellToDrain() throws(LaneError) {
        switch lane_drain(lane) {
        case LANE_OK: return
        case LANE_SOCKET_FULL: throw .socketFull
        case LANE_ENDED: throw .ended
        default: throw .system(SystemError("tell a scorer to leave"))
        }
    }
}
