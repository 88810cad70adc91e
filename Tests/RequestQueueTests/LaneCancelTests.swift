// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CLinux
import CScorerABI
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A cancel` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `before the request is begun withdraws it, unseen by user code`() throws {
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try HonestScorer(ends.far)
        let first = try lane.post("withdrawn")
        let second = try lane.post("wanted")

        #expect(lane.cancel(first) == .withdrawn)
        #expect(lane.cancel(first) == .withdrawn)
        var request = try scorer.take()
        #expect(request.bodyText == "wanted")
        scorer.answer(&request, "answer")

        let seen = try lane.drained()
        #expect(seen.map(\.outcome) == [.declined, .answer])
        #expect(seen.map(\.ticket) == [first, second])
    }

    @Test func `gives the slot back with the scorer's word only`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        let ticket = try lane.post("withdrawn")

        #expect(lane.cancel(ticket) == .withdrawn)
        #expect(lane.credit == 0)
        try lane.tellToDrain()
        #expect(throws: HonestScorer.Failure.self) { try scorer.take() }
        #expect(lane.credit == 0)
        _ = try lane.drained()
        #expect(lane.credit == 1)
    }

    @Test func `after the request was begun leaves it to be answered`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        let ticket = try lane.post("begun")
        var request = try scorer.take()
        #expect(!scorer.isCancelled(&request))

        #expect(lane.cancel(ticket) == .begun)
        #expect(scorer.isCancelled(&request))
        scorer.answer(&request, "too late to stop")

        #expect(try lane.drained().map(\.outcome) == [.answer])
    }

    @Test func `of one request leaves the next one in its slot alone`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        let first = try lane.post("first")
        #expect(lane.cancel(first) == .withdrawn)
        try lane.tellToDrain()
        #expect(throws: HonestScorer.Failure.self) { try scorer.take() }
        _ = try lane.drained()

        let second = try lane.post("second")

        #expect(first.slot == second.slot)
        #expect(lane.cancel(first) == .begun)
        #expect(try scorer.take().bodyText == "second")
    }

    @Test func `is not needed for a request that is late: it is declined unseen`() throws {
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try HonestScorer(ends.far)
        let now = Moment(nanoseconds: linux_monotonic_nanoseconds())
        let late = try lane.post("late", deadline: now)
        _ = try lane.post("in time", deadline: now + .seconds(3_600))

        #expect(try scorer.take().bodyText == "in time")

        let seen = try lane.drained()
        #expect(seen.map(\.ticket) == [late])
        #expect(seen.map(\.outcome) == [.declined])
    }

    @Test func `never loses against a scorer that begins the request at the same time`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try ForkedScorer(KIT_ECHO, on: ends.far)
        try lane.waitUntilReady()
        var withdrawn: Set<Ticket> = []
        var counts = (withdrawn: 0, answered: 0)

        while counts.withdrawn + counts.answered < 20_000 {
            while lane.credit > 0 {
                let ticket = try lane.post("race")
                if ticket.number % 3 == 0, lane.cancel(ticket) == .withdrawn {
                    withdrawn.insert(ticket)
                }
            }
            for seen in try lane.completions(1) {
                let wasWithdrawn = withdrawn.remove(seen.ticket) != nil
                try #require(!wasWithdrawn || seen.outcome == .declined)
                counts.withdrawn += wasWithdrawn ? 1 : 0
                counts.answered += wasWithdrawn ? 0 : 1
            }
        }

        #expect(scorer.pid > 0)
        #expect(counts.answered > 0)
    }
}
