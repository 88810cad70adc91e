// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Gateway

@Suite(.serialized) struct `What clients do not read` {
    private func waiting(_ mebibytes: Int, since seconds: UInt64) -> UnreadAnswers.Waiting {
        .init(bytes: mebibytes << 20, since: Moment(nanoseconds: seconds * 1_000_000_000))
    }

    @Test func `is kept as long as all of it together is within the limit`() {
        #expect(UnreadAnswers.tooMuch([]).isEmpty)
        #expect(UnreadAnswers.tooMuch([waiting(32, since: 1), waiting(32, since: 9)]).isEmpty)
    }

    @Test func `is thrown away beginning with whoever has not read for longest, and no further`() {
        let unread = [
            waiting(20, since: 4), waiting(20, since: 2), waiting(20, since: 3),
            waiting(20, since: 1), waiting(10, since: 5),
        ]

        #expect(Array(UnreadAnswers.tooMuch(unread)) == [3, 1])
        #expect(Array(UnreadAnswers.tooMuch([waiting(65, since: 1)])) == [0])
    }

    @Test func `is bounded by the gateway, which hangs up on the first of many`() throws {
        let gateway = try GatewayUnderTest(room: 4_096)
        let body = [UInt8](repeating: 0x61, count: 64_000)
        let scorer = try gateway.startScorer(gateway.run(1), ahead: 15) { _ in
            .whole(status: 200, head: "", body: body)
        }
        try gateway.route([gateway.run(1)])
        // Two answers are in a client's way before no more of its requests are scored.
        let get = "GET /endpoints/iris/score HTTP/1.1\r\nHost: x\r\n\r\n"
        let clients = try (0..<640).map { _ in try gateway.connect(room: 4_096) }
        for (place, client) in clients.enumerated() {
            client.send(String(repeating: get, count: 4))
            for _ in 0..<2 { try scorer.asked.take { _ in true } }
            if place == 0 { #expect(isOpen(client, to: gateway)) }
        }

        let patience = Date(timeIntervalSinceNow: 20)
        while isOpen(clients[0], to: gateway), Date() < patience { sched_yield() }

        #expect(!isOpen(clients[0], to: gateway))
        #expect(isOpen(clients[639], to: gateway))
        for _ in 0..<4 { #expect(try clients[639].answer().body.count == body.count) }
    }

    private func isOpen(_ client: RawClient, to gateway: GatewayUnderTest) -> Bool {
        KernelTable(client, of: gateway).isOpen
    }
}
