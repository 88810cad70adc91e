// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `An answer in parts` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `keeps its order, and its slot until the last`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        let ticket = try lane.post("tell me a story")
        var request = try scorer.take()

        scorer.part(&request, "once ")
        scorer.part(&request, "upon ")
        #expect(lane.credit == 0)
        let parts = try lane.drained()
        lane.acknowledgePart(of: ticket)
        scorer.last(&request, "a time")
        let last = try lane.drained()

        #expect((parts + last).map(\.outcome) == [.part, .part, .last])
        #expect((parts + last).flatMap(\.body) == Array("once upon a time".utf8))
        #expect(lane.credit == 1)
    }

    @Test func `stops at two unread until the reader acknowledges`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try ForkedScorer(KIT_STREAM, on: ends.far)
        try lane.waitUntilReady()
        let ticket = try lane.post("stream")
        #expect(try lane.completions(2).count == 2)

        for _ in 0..<100 {
            #expect(try lane.drained().isEmpty)
            lane.acknowledgePart(of: ticket)
            #expect(try lane.completions(1).map(\.outcome) == [.part])
        }

        #expect(scorer.pid > 0)
    }

    @Test func `is ended between parts by a cancel, even while the scorer waits`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try ForkedScorer(KIT_STREAM, on: ends.far)
        try lane.waitUntilReady()
        let ticket = try lane.post("stream")
        _ = try lane.completions(2)

        #expect(lane.cancel(ticket) == .begun)
        var outcomes: [Completion.Outcome] = []
        while outcomes.last != .last { outcomes += try lane.completions(1).map(\.outcome) }

        #expect(lane.credit == 1)
        #expect(outcomes.dropLast().allSatisfy { $0 == .part })
        #expect(scorer.pid > 0)
    }

    @Test func `is made by the library when it is longer than an area`() throws {
        let lane = try makeLane(ends.near, areaBytes: 4_096)
        let scorer = try ForkedScorer(KIT_ECHO, on: ends.far)
        try lane.waitUntilReady()
        let body = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let ticket = try lane.post(body, head: "POST /score\n")

        var answer: [UInt8] = []
        var heads: [String] = []
        var outcome = Completion.Outcome.part
        while outcome == .part {
            for seen in try lane.completions(1) {
                lane.acknowledgePart(of: ticket)
                answer += seen.body
                heads.append(seen.head)
                outcome = seen.outcome
            }
        }

        #expect(outcome == .last)
        #expect(answer == body)
        #expect(heads.first == "POST /score\n")
        #expect(heads.dropFirst().allSatisfy { $0.isEmpty })
        #expect(scorer.pid > 0)
    }

    @Test func `cannot be acknowledged beyond what was read`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        let ticket = try lane.post("a")

        for _ in 0..<5 { lane.acknowledgePart(of: ticket) }

        #expect(scorer.slot(ticket.slot).read == 0)
    }

    @Test func `is not waited for once it is cancelled: what comes still is acknowledged for us`()
        throws
    {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        let ticket = try lane.post("a")
        scorer.storeTaken(ticket.number, slot: ticket.slot)
        var part = scorer.honestAnswer(to: ticket)
        part.outcome = UInt16(SCORER_OUTCOME_PART.rawValue)
        scorer.give(part)
        scorer.give(part)

        #expect(lane.cancel(ticket) == .begun)
        #expect(try lane.drained().count == 2)

        #expect(scorer.slot(ticket.slot).read == 2)
    }

    @Test func `leaves no count behind for the next answer in its slot`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        let first = try lane.post("a")
        var answer = scorer.honestAnswer(to: first)
        answer.outcome = UInt16(SCORER_OUTCOME_PART.rawValue)
        scorer.give(answer)
        _ = try lane.drained()
        lane.acknowledgePart(of: first)
        #expect(scorer.slot(first.slot).read == 1)
        answer.outcome = UInt16(SCORER_OUTCOME_LAST.rawValue)
        scorer.give(answer)
        _ = try lane.drained()

        let second = try lane.post("b")

        #expect(second.slot == first.slot)
        #expect(scorer.slot(second.slot).read == 0)
    }
}
