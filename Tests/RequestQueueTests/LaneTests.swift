// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Glibc
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A lane` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `carries a request to the scorer and its answer back`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)

        let ticket = try lane.post("[1,2]", head: "POST /score\n", deadline: .never)
        var request = try scorer.take()
        #expect(request.bodyText == "[1,2]")
        #expect(request.headText == "POST /score\n")
        scorer.answer(&request, "three", status: 422)

        #expect(
            try lane.drained() == [
                Seen(
                    ticket: ticket,
                    outcome: .answer,
                    status: 422,
                    head: "h: 1\n",
                    body: Array("three".utf8)
                )
            ]
        )
    }

    @Test func `carries 10,000 requests to another process and each its own answer back`() throws {
        let lane = try makeLane(ends.near, calls: 8)
        let scorer = try ForkedScorer(KIT_ECHO, on: ends.far)
        try lane.waitUntilReady()

        var expected: [Ticket: String] = [:]
        var posted = 0
        var ended = 0
        while ended < 10_000 {
            while posted < 10_000, lane.credit > 0 {
                let body = "request \(posted)"
                expected[try lane.post(body)] = body
                posted += 1
            }
            for seen in try lane.completions(1) {
                let body = expected.removeValue(forKey: seen.ticket)
                try #require(seen.body == body.map { Array($0.utf8) })
                ended += 1
            }
        }

        #expect(expected.isEmpty)
        #expect(scorer.pid > 0)
    }

    @Test func `takes a body in pieces`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        let (one, two) = (Array("one ".utf8), Array("two".utf8))

        _ = try one.withUnsafeBytes { one in
            try two.withUnsafeBytes { two in
                try lane.post(
                    head: UnsafeRawBufferPointer(start: nil, count: 0),
                    body: [one, two],
                    deadline: .never
                )
            }
        }

        #expect(try scorer.take().bodyText == "one two")
    }

    @Test func `has credit for its slots and gets it back with the completion only`() throws {
        let lane = try makeLane(ends.near, calls: 1, ahead: 1)
        let scorer = try HonestScorer(ends.far)
        #expect(lane.credit == 2)

        _ = try lane.post("a")
        _ = try lane.post("b")
        #expect(lane.credit == 0)
        #expect(throws: LaneError.full) { try lane.post("c") }

        var request = try scorer.take()
        #expect(lane.credit == 0)
        scorer.answer(&request, "a")
        #expect(lane.credit == 0)
        _ = try lane.drained()
        #expect(lane.credit == 1)
    }

    @Test func `frees the slot of an answer after it was shown, not before`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a")
        var request = try scorer.take()
        scorer.answer(&request, "a")

        var creditWhileShown = -1
        try lane.drain { _ in creditWhileShown = lane.credit }

        #expect(creditWhileShown == 0)
        #expect(lane.credit == 1)
    }

    @Test func `gives a head that is longer than an area back`() throws {
        let lane = try makeLane(ends.near, areaBytes: 4_096)

        #expect(throws: LaneError.headTooLong(limit: 4_096)) {
            try lane.post("", head: String(repeating: "h", count: 4_097))
        }
        #expect(lane.credit == 1)
    }

    @Test(arguments: [
        LaneShape(calls: 0), LaneShape(calls: 1, ahead: -1), LaneShape(calls: 1_025),
        LaneShape(calls: 1, areaBytes: 5_000), LaneShape(calls: 1, areaBytes: 0),
        LaneShape(calls: 1, areaBytes: 1 << 40),
    ])
    func `cannot be made in a shape that the layout forbids`(shape: LaneShape) throws {
        #expect(throws: LaneError.self) {
            try Lane(socket: ends.near, shape: shape, generation: 1)
        }
    }

    @Test(arguments: [
        scorer_shape(slots: 1, calls: 1, area_bytes: 4_096),
        scorer_shape(slots: 7, calls: 3, area_bytes: 65_536),
        scorer_shape(slots: 1_024, calls: 1_024, area_bytes: 8_192),
    ])
    func `is laid out so that nothing overlaps and areas begin on a page`(shape: scorer_shape) {
        let ringEnd = UInt64(128 + 4 * shape.slots)
        let slotsEnd = scorer_slots_offset(shape) + 64 * UInt64(shape.slots)
        let completionsEnd = scorer_completions_offset(shape) + 64 * UInt64(shape.slots)

        #expect(scorer_slots_offset(shape) >= ringEnd)
        #expect(scorer_area_offset(shape, 0) >= slotsEnd)
        #expect(scorer_area_offset(shape, 0) % 4_096 == 0)
        #expect(scorer_completions_offset(shape) >= 128 + 8 * UInt64(shape.slots))
        #expect(scorer_answer_offset(shape, 0) >= completionsEnd)
        #expect(scorer_answer_offset(shape, 0) % 4_096 == 0)
        #expect(
            scorer_requests_bytes(shape) - scorer_area_offset(shape, shape.slots - 1)
                == UInt64(shape.area_bytes)
        )
        #expect(
            scorer_responses_bytes(shape) - scorer_answer_offset(shape, shape.slots - 1)
                == 2 * UInt64(shape.area_bytes)
        )
    }

    @Test func `has a ping answered by the work loop itself, unseen by user code`() throws {
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try HonestScorer(ends.far)
        let ping = try lane.ping(deadline: .never)
        _ = try lane.post("real")

        #expect(try scorer.take().bodyText == "real")

        let seen = try lane.drained()
        #expect(seen.map(\.outcome) == [.pong])
        #expect(seen.map(\.ticket) == [ping])
    }

    @Test func `hears that a scorer is ready, or why it cannot start`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)

        scorer.ready()
        scorer.fail("no module named 'sklearn'")

        #expect(try lane.received() == [.ready, .failed("no module named 'sklearn'")])
    }

    @Test func `hears how many requests may share a call, and facts of the model`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)

        scorer.share(64)
        scorer.tell(#"{"rows": 3}"#)

        #expect(try lane.received() == [.shares(64), .told(#"{"rows": 3}"#)])
    }

    @Test(arguments: [0, 1_025] as [UInt32])
    func `does not let a scorer ask for calls of no request or too many`(most: UInt32) throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)

        #expect(scorer.share(most) == SCORER_MISUSED)
        #expect(try lane.received() == [])

        let bytes: [UInt8] = [7, 0, 0, 0] + withUnsafeBytes(of: most) { Array($0) }
        let forged = bytes + withUnsafeBytes(of: UInt64(1)) { Array($0) }
        #expect(send(ends.far.number, forged, forged.count, 0) == forged.count)
        #expect(throws: ProtocolViolation.self) { try lane.received() }
        #expect(lane.violation?.rule == .badPacket)
    }

    @Test func `tells a scorer to leave, which it does when nothing is left`() throws {
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a")
        try lane.tellToDrain()

        var request = try scorer.take()
        scorer.answer(&request, "a")

        #expect(throws: HonestScorer.Failure(result: SCORER_DRAINED.rawValue)) {
            try scorer.take()
        }
        #expect(try lane.drained().count == 1)
    }

    @Test func `ends for the scorer when gateway and node are gone`() throws {
        let far: Descriptor
        do {
            let ends = try makeEnds()
            far = ends.far
            _ = try makeLane(ends.near).post("never begun")
        }

        let scorer = try HonestScorer(far)

        _ = try scorer.take()
        #expect(throws: HonestScorer.Failure(result: SCORER_GONE.rawValue)) { try scorer.take() }
    }
}
