// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Glibc
import Testing
import Vocabulary

@testable import RequestQueue

/// One way of lying about the answer to a request in a lane of two slots.
struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: ProtocolViolation.Rule
    let tell: @Sendable (RawScorer, Ticket) -> Void

    init(
        _ description: String,
        _ rule: ProtocolViolation.Rule,
        _ tell: @escaping @Sendable (RawScorer, Ticket) -> Void
    ) {
        self.testDescription = description
        self.rule = rule
        self.tell = tell
    }

    /// Breaks one field of an otherwise honest answer.
    init(
        _ description: String,
        _ rule: ProtocolViolation.Rule,
        answer bend: @escaping @Sendable (inout scorer_completion, RawScorer) -> Void
    ) {
        self.init(description, rule) { scorer, ticket in
            var answer = scorer.honestAnswer(to: ticket)
            bend(&answer, scorer)
            scorer.give(answer)
        }
    }

    static let all = [
        Lie("done jumps ahead", .doneJumped) { scorer, _ in scorer.storeDone(5) },
        Lie("done goes back", .doneJumped) { scorer, _ in scorer.storeDone(.max) },
        Lie("slot out of range", .slotOutOfRange) { answer, _ in answer.slot = 2 },
        Lie("slot at the edge of numbers", .slotOutOfRange) { answer, _ in answer.slot = .max },
        Lie("a free slot", .slotFree) { answer, _ in answer.slot = 1 },
        Lie("another ticket", .wrongTicket) { answer, _ in answer.ticket += 1 },
        Lie("the same answer twice", .slotFree) { scorer, ticket in
            scorer.give(scorer.honestAnswer(to: ticket))
            scorer.give(scorer.honestAnswer(to: ticket))
        },
        Lie("an outcome that does not exist", .wrongOutcome) { answer, _ in answer.outcome = 9 },
        Lie("a pong to a question", .wrongOutcome) { answer, _ in
            answer.outcome = UInt16(SCORER_OUTCOME_PONG.rawValue)
        },
        Lie("last without a part", .wrongOutcome) { answer, _ in
            answer.outcome = UInt16(SCORER_OUTCOME_LAST.rawValue)
        },
        Lie("a whole answer after a part", .wrongOutcome) { scorer, ticket in
            var answer = scorer.honestAnswer(to: ticket)
            answer.outcome = UInt16(SCORER_OUTCOME_PART.rawValue)
            scorer.give(answer)
            scorer.give(scorer.honestAnswer(to: ticket))
        },
        Lie("declined after a part", .wrongOutcome) { scorer, ticket in
            var answer = scorer.honestAnswer(to: ticket)
            answer.outcome = UInt16(SCORER_OUTCOME_PART.rawValue)
            scorer.give(answer)
            answer.outcome = UInt16(SCORER_OUTCOME_DECLINED.rawValue)
            scorer.give(answer)
        },
        Lie("a part after the last", .slotFree) { scorer, ticket in
            var answer = scorer.honestAnswer(to: ticket)
            for outcome in [SCORER_OUTCOME_PART, SCORER_OUTCOME_LAST, SCORER_OUTCOME_PART] {
                answer.outcome = UInt16(outcome.rawValue)
                scorer.give(answer)
            }
        },
        Lie("three parts that nobody has read", .tooManyParts) { scorer, ticket in
            var answer = scorer.honestAnswer(to: ticket)
            answer.outcome = UInt16(SCORER_OUTCOME_PART.rawValue)
            for _ in 0..<3 { scorer.give(answer) }
        },
        Lie("declined unasked", .declinedUnasked) { answer, _ in
            answer.outcome = UInt16(SCORER_OUTCOME_DECLINED.rawValue)
        },
        Lie("status 0", .wrongStatus) { answer, _ in answer.status = 0 },
        Lie("status 600", .wrongStatus) { answer, _ in answer.status = 600 },
        Lie("a body longer than its area", .outsideArea) { answer, _ in
            answer.body_length = 2 * 65_536 + 1
        },
        Lie("head and body longer than the area together", .outsideArea) { answer, _ in
            answer.head_length = 65_536
            answer.body_length = 65_537
        },
        Lie("lengths that overflow 32 bits", .outsideArea) { answer, _ in
            answer.head_length = .max
            answer.body_length = .max
        },
        Lie("an offset that overflows", .outsideArea) { answer, _ in answer.offset = .max },
        Lie("an offset just short of overflow", .outsideArea) { answer, _ in
            answer.offset = .max - 3
        },
        Lie("the area of another slot", .outsideArea) { answer, scorer in
            answer.offset = scorer_answer_offset(scorer.shape, 1)
        },
        Lie("before its area", .outsideArea) { answer, _ in answer.offset -= 1 },
        Lie("one byte beyond its area", .outsideArea) { answer, _ in
            answer.offset += 2 * 65_536 - 3
        },
        Lie("an empty packet kind", .badPacket) { scorer, _ in scorer.send([0]) },
        Lie("a bell with words", .badPacket) { scorer, _ in scorer.send([1, 1]) },
        Lie("a greeting of its own", .badPacket) { scorer, _ in
            scorer.send([UInt8](repeating: 2, count: 40))
        },
        Lie("a reason without end", .badPacket) { scorer, _ in
            scorer.send([UInt8](repeating: 6, count: 4_098))
        },
        Lie("half a ready", .badPacket) { scorer, _ in scorer.send([5, 0, 0]) },
    ]
}

@Suite(.timeLimit(.minutes(1))) struct `A lying scorer` {
    @Test(arguments: Lie.all)
    func `row 16: ends its lane at the first lie, and no later truth mends it`(lie: Lie) throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try RawScorer(ends.far)
        let ticket = try lane.post("body")

        lie.tell(scorer, ticket)

        let violation = #expect(throws: ProtocolViolation.self) {
            _ = try lane.received()
            _ = try lane.drained()
        }
        #expect(violation?.rule == lie.rule)
        #expect(lane.violation == violation)
        #expect(lane.credit == 0)
        #expect(throws: LaneError.ended) { try lane.post("more") }
        #expect(throws: ProtocolViolation.self) { try lane.drained() }
    }

    @Test func `that keeps every rule is believed`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try RawScorer(ends.far)
        let ticket = try lane.post("body")
        var answer = scorer.honestAnswer(to: ticket, bytes: 65_536)
        answer.offset += 65_536

        scorer.give(answer)

        #expect(try lane.drained().map(\.body.count) == [65_536])
        #expect(lane.violation == nil)
    }

    @Test func `that answers what had been withdrawn is caught`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        let ticket = try lane.post("body")
        #expect(lane.cancel(ticket) == .withdrawn)

        scorer.give(scorer.honestAnswer(to: ticket))

        #expect(throws: ProtocolViolation.self) { try lane.drained() }
        #expect(lane.violation?.rule == .begunAfterCancel)
    }

    @Test(arguments: 1...200)
    func `row 15: that fills its region with noise loses its own lane alone`(seed: Int) throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 3, areaBytes: 4_096)
        let scorer = try RawScorer(ends.far)
        for _ in 0..<3 { _ = try lane.post("body") }
        var random = UInt32(seed)

        // Small numbers, so that some of the noise gets past the first checks.
        for index in stride(from: 0, to: scorer.responses.count, by: 2) {
            random = random &* 1_664_525 &+ 1_013_904_223
            let value = UInt16(truncatingIfNeeded: random >> 28)
            scorer.responses.storeBytes(of: value, toByteOffset: index, as: UInt16.self)
        }
        scorer.storeDone(UInt64(seed % 7))

        _ = try? lane.drained()
        #expect(lane.violation != nil || seed % 7 == 0)
    }

    @Test func `row 15: that scribbles without end from its process costs only its lane`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 4, areaBytes: 4_096)
        let scribbler = try ForkedScorer(KIT_SCRIBBLE, on: ends.far)

        for _ in 0..<4 { _ = try lane.post("body") }
        while lane.violation == nil { _ = try? lane.drained() }

        scribbler.kill()
        let other = try makeEnds()
        let second = try makeLane(other.near)
        let scorer = try HonestScorer(other.far)
        _ = try second.post("well")
        #expect(try scorer.take().bodyText == "well")
    }
}
