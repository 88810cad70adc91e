// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `A revision that is tried before it serves` {
    private static let old = Revision(number: 1)
    private static let new = Revision(number: 2)
    private let score = "/endpoints/iris/score"

    /// A gateway whose deployment keeps requests, with one run of r1 that answers as told.
    private func gateway(
        keeping limit: Int = 64,
        _ work: @escaping @Sendable (ScorerUnderTest.Asked) -> ScorerUnderTest.Answer = {
            .echo($0)
        }
    ) throws -> (GatewayUnderTest, ScorerUnderTest) {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1), work)
        try gateway.route([gateway.run(1)]) { $0.keptRequests = limit }
        return (gateway, scorer)
    }

    /// Asks so often, and tells what was answered.
    @discardableResult
    private func ask(_ gateway: GatewayUnderTest, _ texts: [String]) throws -> [String] {
        let client = try gateway.connect()
        return try texts.map { text in
            client.post(score, text)
            return try client.answer().text
        }
    }

    private func order(
        _ gateway: GatewayUnderTest,
        requests: Int = 64,
        tolerance: Double = 0,
        limitMilliseconds: Int = 60_000,
        old: Revision = Self.old
    ) -> GatewayOrder {
        .compare(
            ComparisonOrder(
                run: gateway.run(2),
                old: old,
                requests: requests,
                tolerance: tolerance,
                limitMilliseconds: limitMilliseconds
            )
        )
    }

    private func told(_ gateway: GatewayUnderTest) throws -> RevisionTally {
        try gateway.report { if case .compared(let tally) = $0 { tally } else { nil } }
    }

    @Test func `is asked what callers asked, and nobody is answered by it`() throws {
        let (gateway, old) = try gateway { asked in
            .whole(status: 200, head: "", body: Array("{\"p\": [1.0, \(asked.text)]}".utf8))
        }
        let answers = try ask(gateway, (1...20).map { "\($0)" })
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { asked in
            .whole(
                status: 200,
                head: "",
                body: Array("{\"p\": [1.0, \(asked.text)], \"new\": 1}".utf8)
            )
        }

        try gateway.send(order(gateway))
        let found = try told(gateway)

        #expect(answers.allSatisfy { !$0.contains("new") })
        #expect((found.run, found.new, found.requests) == (gateway.run(2), Self.new, 20))
        #expect((found.tally.equal, found.tally.different) == (0, 20))
        #expect(found.tally.outputs["new"]?.appeared == 20)
        #expect(found.tally.outputs["p[]"]?.largestDifference == 0)
        #expect((found.failed, found.unanswered) == (0, 0))
        #expect(!found.isCutShort)
        #expect(found.tally.firstLatencies.count == 20)
        #expect(found.tally.secondLatencies.percentile(50) ?? 0 > 0)
        // Its answers were kept: the old revision was asked once, by its callers.
        #expect((old.begun, new.begun) == (20, 20))
        let heads = try (0..<20).map { _ in try new.asked.take { $0 } }
        #expect(heads.map(\.text) == (1...20).map { "\($0)" })
        #expect(heads.allSatisfy { $0.head.hasPrefix("POST /score\n") })
    }

    @Test func `costs the deployment's counters, bounds and failure figures nothing`() throws {
        let (gateway, _) = try gateway()
        try ask(gateway, ["1", "2", "3"])
        _ = try gateway.startScorer(gateway.run(2), revision: 2) { _ in
            .whole(status: 500, head: "", body: [])
        }
        let before = try required(gateway.statistics())

        try gateway.send(order(gateway))
        let found = try told(gateway)
        let after = try required(gateway.statistics())
        try gateway.send(.reportAnswers(gateway.key))
        let revisions = try gateway.report { report in
            if case .answers(_, let answers) = report { answers } else { nil }
        }

        #expect(found.failed == 3)
        #expect(found.tally.statuses.map(\.statuses.second) == [500])
        #expect(after.answers == before.answers)
        #expect(after.latencyCounts == before.latencyCounts)
        #expect(after.mirrored == nil)
        #expect(revisions.map(\.revision) == [Self.old])
    }

    @Test func `that stands still delays no live request, and what was found by then is told`()
        throws
    {
        let (gateway, _) = try gateway()
        try ask(gateway, ["1", "2"])
        let gate = Gate()
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { asked in
            if asked.text == "2" { gate.pass() }
            return .echo(asked)
        }
        try gateway.send(order(gateway, limitMilliseconds: 500))
        try new.asked.take { $0.text == "2" ? true : nil }

        let answers = try ask(gateway, (0..<100).map { "live \($0)" })
        let found = try told(gateway)
        gate.open(1)

        #expect(answers == (0..<100).map { "live \($0)" })
        #expect(found.isCutShort)
        #expect((found.requests, found.tally.equal, found.unanswered) == (2, 1, 0))
        #expect(new.begun == 2)
    }

    @Test func `that dies of it costs nothing live, and only its end is told`() throws {
        let (gateway, _) = try gateway()
        try ask(gateway, ["1"])
        let gate = Gate()
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { _ in
            gate.pass()
            return .none
        }
        try gateway.send(order(gateway))
        try new.asked.take { _ in true }

        new.die()
        let first: Bool = try gateway.report { report in
            switch report {
            case .compared: false
            case .ejected: true
            default: nil
            }
        }
        let again = try gateway.startScorer(gateway.run(2, incarnation: 2), revision: 2)
        let answers = try ask(gateway, ["2"])
        gate.open(1)

        #expect(first)
        #expect(answers == ["2"])
        #expect(again.begun == 0)
    }

    @Test func `that misses a request's time has not answered it`() throws {
        let (gateway, _) = try gateway()
        try gateway.route([gateway.run(1)]) {
            $0.keptRequests = 64
            $0.deadlineMilliseconds = 400
        }
        try ask(gateway, ["1", "2"])
        let gate = Gate()
        let new = try gateway.startScorer(gateway.run(2), calls: 2, revision: 2) { asked in
            if asked.text == "1" { gate.pass() }
            return .echo(asked)
        }

        try gateway.send(order(gateway))
        let found = try told(gateway)
        gate.open(1)

        #expect(new.begun == 2)
        #expect((found.unanswered, found.failed, found.tally.equal) == (1, 1, 1))
    }

    @Test func `is asked no more than is wanted, the newest, and what the old one answered`() throws
    {
        let (gateway, _) = try gateway(keeping: 5)
        // More than are kept: all of the first five, then one each quarter of a second.
        try ask(gateway, (0..<5).map { "\($0)" })
        let new = try gateway.startScorer(gateway.run(2), revision: 2)

        try gateway.send(order(gateway, requests: 3))
        let some = try told(gateway)
        try gateway.send(order(gateway, old: Revision(number: 9)))
        let none = try told(gateway)
        let asked = try (0..<3).map { _ in try new.asked.take { $0.text } }

        #expect((some.requests, some.tally.equal) == (3, 3))
        #expect(asked == ["2", "3", "4"])
        #expect((none.requests, none.tally.pairs) == (0, 0))
    }

    @Test func `is what the next one is compared with, asked by callers since or not`() throws {
        let (gateway, _) = try gateway()
        try ask(gateway, ["1", "2"])
        _ = try gateway.startScorer(gateway.run(2), revision: 2) { asked in
            .whole(status: 200, head: "", body: Array("two \(asked.text)".utf8))
        }
        try gateway.send(order(gateway))
        let second = try told(gateway)
        for number in [3, 4] {
            _ = try gateway.startScorer(gateway.run(number), revision: number) { asked in
                .whole(status: 200, head: "", body: Array("two \(asked.text)".utf8))
            }
        }
        let next = { (number: Int) -> GatewayOrder in
            .compare(
                ComparisonOrder(
                    run: gateway.run(number),
                    old: Self.new,
                    requests: 64,
                    tolerance: 0,
                    limitMilliseconds: 60_000
                )
            )
        }
        try gateway.send(next(3))
        let third = try told(gateway)
        // As if r3 had been given up.
        try gateway.send(next(4))
        let fourth = try told(gateway)

        #expect((second.tally.equal, second.tally.different) == (0, 2))
        #expect((third.new, third.tally.equal) == (Revision(number: 3), 2))
        #expect((fourth.new, fourth.tally.equal) == (Revision(number: 4), 2))
    }

    @Test func `finds nothing where nothing is kept, or what was kept is let go`() throws {
        let (gateway, _) = try gateway(keeping: 0)
        try ask(gateway, ["1"])
        _ = try gateway.startScorer(gateway.run(2), revision: 2)
        try gateway.send(order(gateway))
        let off = try told(gateway)
        try gateway.route([gateway.run(1)]) { $0.keptRequests = 64 }
        try ask(gateway, ["1"])
        try gateway.send(order(gateway))
        let on = try told(gateway)
        try gateway.route([gateway.run(1)])
        try gateway.route([gateway.run(1)]) { $0.keptRequests = 64 }
        try gateway.send(order(gateway))
        let again = try told(gateway)

        #expect([off, on, again].map(\.requests) == [0, 1, 0])
    }

    @Test func `is compared whole where answers come in parts, and long ones too`() throws {
        let work: @Sendable (ScorerUnderTest.Asked) -> ScorerUnderTest.Answer = { asked in
            asked.text == "parts"
                ? .parts([Array("{\"p\": [1".utf8), Array(", 2]".utf8), Array("}".utf8)])
                : .whole(status: 200, head: "", body: .init(repeating: 7, count: 900_000))
        }
        let (gateway, _) = try gateway(work)
        try ask(gateway, ["parts", "long"])
        _ = try gateway.startScorer(gateway.run(2), revision: 2) { asked in
            asked.text == "parts"
                ? .whole(status: 200, head: "", body: Array("{\"p\": [1, 2.5]}".utf8))
                : work(asked)
        }

        try gateway.send(order(gateway))
        let found = try told(gateway)

        #expect((found.tally.equal, found.tally.different) == (1, 1))
        #expect(found.tally.outputs["p[]"]?.largestDifference == 0.5)
    }

    @Test func `fails what it breaks off`() throws {
        let (gateway, _) = try gateway()
        try ask(gateway, ["1"])
        _ = try gateway.startScorer(gateway.run(2), revision: 2) { _ in .broken([[1], [2]]) }

        try gateway.send(order(gateway))
        let found = try told(gateway)

        #expect((found.failed, found.tally.different) == (1, 1))
        #expect(found.tally.statuses.map(\.statuses.second).allSatisfy { $0 >= 500 })
    }

    @Test func `is asked neither what was long nor what was answered at length`() throws {
        let (gateway, _) = try gateway { asked in
            let length = asked.text == "large" ? 1 << 20 + 1 : 3
            return .whole(status: 200, head: "", body: .init(repeating: 7, count: length))
        }
        let client = try gateway.connect()
        for length in [200_000, 1 << 20 + 1] {
            client.post(score, [UInt8](repeating: 9, count: length))
            #expect(try client.answer().text.count == 3)
        }
        try ask(gateway, ["large", "short"])
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { _ in
            .whole(status: 200, head: "", body: [7, 7, 7])
        }

        try gateway.send(order(gateway))
        let found = try told(gateway)
        let asked = try (0..<2).map { _ in try new.asked.take { $0.body.count } }

        #expect((found.requests, found.tally.equal) == (2, 2))
        #expect(asked == [200_000, 5])
    }

    @Test func `that is routed to in the middle of it gets live requests before the rest`() throws {
        let (gateway, _) = try gateway()
        try ask(gateway, ["1", "2", "3"])
        let gate = Gate()
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.send(order(gateway, limitMilliseconds: 1_000))
        try new.asked.take { _ in true }

        try gateway.route([gateway.run(2)]) { $0.keptRequests = 64 }
        let client = try gateway.connect()
        client.post(score, "live")
        gate.open(2)
        let answer = try client.answer()
        let found = try told(gateway)

        #expect(answer.text == "live")
        #expect(try new.asked.take { $0.text } == "live")
        #expect(found.isCutShort)
        #expect(new.begun == 2)
    }
}
