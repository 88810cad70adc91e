// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Gateway

@Suite(.serialized) struct `A client that asks and does not read` {
    private let score = "/endpoints/iris/score"

    /// So many requests in one piece.
    private func ask(_ client: RawClient, _ body: String, times: Int) {
        let head =
            "POST \(score) HTTP/1.1\r\nHost: x\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        client.send(String(repeating: head + body, count: times))
    }

    /// A scorer that answers `long` with so many parts of 60,000 bytes, and echoes anything else.
    private func startScorer(
        _ gateway: GatewayUnderTest,
        calls: Int,
        parts: Int
    ) throws -> ScorerUnderTest {
        let part = [UInt8](repeating: 0x61, count: 60_000)
        let scorer = try gateway.startScorer(gateway.run(1), calls: calls) { asked in
            asked.text == "long"
                ? .parts(Array(repeating: part, count: parts)) : .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        return scorer
    }

    @Test func `keeps one of four calls, however much it asks for at once`() throws {
        let gateway = try GatewayUnderTest(room: 4_096)
        let scorer = try startScorer(gateway, calls: 4, parts: 200)
        let (greedy, other) = (try gateway.connect(room: 4_096), try gateway.connect())

        ask(greedy, "long", times: 8)
        try scorer.asked.take { $0.text == "long" ? true : nil }
        for round in 0..<20 {
            other.post(score, "\(round)")
            #expect(try other.answer().text == "\(round)")
        }

        #expect(scorer.begun == 21)
        #expect(try gateway.statistics()?.bound == 1)
    }

    @Test func `gives the call back where its answer is no longer than what is kept`() throws {
        let gateway = try GatewayUnderTest(room: 4_096, readingGrace: .seconds(60))
        let scorer = try startScorer(gateway, calls: 1, parts: 16)
        let (slow, other) = (try gateway.connect(room: 4_096), try gateway.connect())

        ask(slow, "long", times: 3)
        try scorer.asked.take { $0.text == "long" ? true : nil }
        other.post(score, "other")

        #expect(try other.answer().text == "other")
        #expect(scorer.begun == 2)
        for _ in 0..<3 { #expect(try slow.answer().body.count == 16 * 60_000) }
    }

    @Test func `is hung up on where nothing is left for those who wait`() throws {
        let gateway = try GatewayUnderTest(room: 4_096, readingGrace: .milliseconds(100))
        let scorer = try startScorer(gateway, calls: 1, parts: 200)
        let (greedy, other) = (try gateway.connect(room: 4_096), try gateway.connect())

        ask(greedy, "long", times: 1)
        try scorer.asked.take { $0.text == "long" ? true : nil }
        other.post(score, "other")

        #expect(try other.answer().text == "other")
        #expect(!KernelTable(greedy, of: gateway).isOpen)
    }

    @Test func `has what waited behind its back answered late, not forgotten`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            if asked.text == "first" { gate.pass() }
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)]) { $0.deadlineMilliseconds = 200 }
        let client = try gateway.connect()
        ask(client, "first", times: 1)
        ask(client, "second", times: 2)

        let late = try (0..<3).map { _ in try client.answer().status }
        gate.open()
        client.post(score, "third")

        #expect(late == [504, 504, 504])
        #expect(try client.answer().text == "third")
        #expect(scorer.begun == 2)
    }
}

@Suite struct `The pace of a reader` {
    /// When it is first found too slow; it is looked at each second and takes a part in some.
    private func isTooSlow(
        blocking: (Int64) -> Bool,
        taking: (Int64) -> Bool = { _ in false }
    ) -> Int64? {
        var pace = ReadingPace()
        return (0..<100).first { second in
            if taking(second) { pace.tookPart() }
            return pace.isTooSlow(
                at: Moment(nanoseconds: 1) + .seconds(second),
                isBlocking: blocking(second),
                within: .seconds(10)
            )
        }
    }

    @Test func `is nobody else's business while nobody waits`() {
        #expect(isTooSlow(blocking: { _ in false }) == nil)
        #expect(isTooSlow(blocking: { $0 % 10 != 9 }) == nil)
    }

    @Test func `is too slow once others have waited for as long as they have to`() {
        #expect(isTooSlow(blocking: { $0 >= 20 }) == 30)
    }

    @Test func `is counted anew whenever a part was taken`() {
        #expect(isTooSlow(blocking: { _ in true }, taking: { $0 % 10 == 9 }) == nil)
        #expect(isTooSlow(blocking: { _ in true }, taking: { $0 == 5 }) == 15)
    }
}
