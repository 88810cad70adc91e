// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A watch over a lane` {
    private let start = Moment(nanoseconds: 1_000_000_000_000)

    private func waiting(_ ticket: UInt64, taken: Int = 0) -> LaneObservation {
        LaneObservation(taken: taken, earliestDeadline: nil, oldestWaiting: ticket)
    }

    @Test func `is answered by the work loop itself: a ping, unseen by user code`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try HonestScorer(ends.far)
        let ping = try lane.ping(deadline: .never)
        _ = try lane.post("real")

        #expect(try scorer.take().bodyText == "real")

        let seen = try lane.drained()
        #expect(seen.map(\.outcome) == [.pong])
        #expect(seen.map(\.ticket) == [ping])
    }

    @Test func `sees what the scorer has begun and what waits`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 3)
        let scorer = try HonestScorer(ends.far)
        let deadline = Moment(nanoseconds: .max - 1)
        _ = try lane.post("a", deadline: deadline)
        _ = try lane.post("b")
        let oldest = try lane.post("c")
        _ = try scorer.take()
        _ = try scorer.take()

        #expect(
            lane.observation
                == LaneObservation(
                    taken: 2,
                    earliestDeadline: deadline,
                    oldestWaiting: oldest.number
                )
        )
    }

    @Test func `finds a scorer hung that is a second past a deadline, not before`() {
        var watch = LaneWatch(calls: 1)
        let observation = LaneObservation(taken: 1, earliestDeadline: start, oldestWaiting: nil)

        #expect(watch.look(at: observation, now: start + .milliseconds(1_000)) == nil)
        #expect(
            watch.look(at: observation, now: start + .milliseconds(1_001))
                == .late(.milliseconds(1_001))
        )
    }

    @Test func `finds a scorer hung that begins nothing for three seconds`() {
        var watch = LaneWatch(calls: 1)

        #expect(watch.look(at: waiting(1), now: start) == nil)
        #expect(watch.look(at: waiting(1), now: start + .milliseconds(2_999)) == nil)
        #expect(watch.look(at: waiting(1), now: start + .seconds(3)) == .idle(.seconds(3)))
    }

    @Test func `forgives a scorer that begins one request after the other`() {
        var watch = LaneWatch(calls: 1)

        for second in 0..<60 {
            let now = start + .seconds(second)
            #expect(watch.look(at: waiting(UInt64(second / 2 + 1)), now: now) == nil)
        }
    }

    @Test func `forgives a scorer that has all its calls in hand`() {
        var watch = LaneWatch(calls: 2)

        for second in 0..<60 {
            let now = start + .seconds(second)
            #expect(watch.look(at: waiting(9, taken: 2), now: now) == nil)
        }
    }

    @Test func `never holds our own lag against the scorer`() {
        var watch = LaneWatch(calls: 1)
        let late = LaneObservation(taken: 1, earliestDeadline: start, oldestWaiting: nil)

        #expect(watch.look(at: waiting(1), now: start) == nil)
        #expect(watch.look(at: waiting(1), now: start + .seconds(9), lag: .seconds(8)) == nil)
        #expect(watch.look(at: waiting(1), now: start + .seconds(10)) == nil)
        #expect(watch.look(at: waiting(1), now: start + .seconds(11)) == .idle(.seconds(3)))

        watch = LaneWatch(calls: 1)
        #expect(watch.look(at: late, now: start + .seconds(5), lag: .seconds(5)) == nil)
        #expect(watch.look(at: late, now: start + .seconds(7)) == .late(.seconds(7)))
    }
}
