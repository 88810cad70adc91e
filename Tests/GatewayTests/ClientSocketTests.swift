// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized, .timeLimit(.minutes(1))) struct `A client's socket` {
    private let score = "/endpoints/iris/score"

    @Test func `is seen to end though nothing more is read from it`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        for place in 0..<40 { client.post(score, "\(place)") }
        try scorer.asked.take { _ in true }
        // One is being scored; beyond thirty-two nothing is read.
        while try gateway.statistics()?.waiting != 31 { sched_yield() }

        client.post(score, "left where it is")
        _ = try gateway.statistics()

        client.hangUp()

        let patience = Date(timeIntervalSinceNow: 20)
        while try gateway.statistics()?.waiting != 0, Date() < patience { sched_yield() }
        #expect(try gateway.statistics()?.waiting == 0)
        gate.open()
        while try gateway.statistics()?.bound != 0 { sched_yield() }
        #expect(scorer.begun == 1)
    }

    @Test func `takes a long answer in its own time, and the next request after it`() throws {
        let gateway = try GatewayUnderTest(room: 8 << 10)
        let long = [UInt8](repeating: 7, count: 3 << 20)
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            asked.text == "long" ? .whole(status: 200, head: "", body: long) : .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect(room: 8 << 10)

        client.post(score, "long")
        client.post(score, "next")
        client.post(score, "last", fields: "Connection: close\r\n")

        #expect(try client.answer().body == long)
        #expect(try client.answer().text == "next")
        #expect(try client.answer().text == "last")
        #expect(try client.isClosed())
    }

    @Test func `has a request read right whose bytes come one by one, among others'`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1), calls: 4)
        try gateway.route([gateway.run(1)])
        let (slow, fast) = (try gateway.connect(), try gateway.connect())
        let text = "POST \(score) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nslow"

        // What is kept of one must not lie where the other's bytes are read to.
        for byte in text.utf8 {
            slow.send([byte])
            fast.post(score, String(repeating: "fast", count: 50))
            #expect(try fast.answer().text == String(repeating: "fast", count: 50))
        }

        #expect(try slow.answer().text == "slow")
    }
}
