// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A scorer's death` {
    @Test func `leaves what it answered to be delivered, and tells taken from not taken`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 3)
        let scorer = try startAndForget(KIT_ANSWER_ONE, ends.far)
        try lane.waitUntilReady()
        let answered = try lane.post("answered")
        let taken = try lane.post("taken")
        #expect(kit_wait(scorer) == 9)
        let waiting = try lane.post("not taken")

        #expect(lane.held == [answered, taken, waiting])
        #expect(try lane.drained().map(\.ticket) == [answered])

        #expect(lane.held == [taken, waiting])
        #expect(lane.wasTaken(taken))
        #expect(!lane.wasTaken(waiting))
        #expect(!lane.wasTaken(answered))
    }

    @Test func `is heard at once as the end of its socket`() throws {
        let near: Descriptor
        let lane: Lane
        let scorer: ForkedScorer
        do {
            let ends = try makeEnds()
            near = ends.near
            lane = try makeLane(near)
            scorer = try ForkedScorer(KIT_HOLD, on: ends.far)
        }
        try lane.waitUntilReady()
        let ticket = try lane.post("held")
        lane.sleep()
        #expect(try lane.received() == [.failed("taken")])

        scorer.kill()
        lane.sleep()

        #expect(try lane.received() == nil)
        #expect(lane.wasTaken(ticket))
        #expect(throws: Never.self) { try lane.drained() }
    }

    private func startAndForget(_ scorer: kit_scorer, _ end: Descriptor) throws -> pid_t {
        let pid = kit_start(scorer, end.number)
        guard pid > 0 else { throw SystemError("fork a scorer") }
        return pid
    }
}
