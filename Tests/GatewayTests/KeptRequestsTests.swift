// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `What is kept of a deployment's requests` {
    @Test func `is all until there are enough, then one each quarter of a second`() {
        let room = KeptRequests.Room()
        let empty = KeptRequests(limit: 2, room: room, waiting: room)
        let full = KeptRequests(limit: 0, room: room, waiting: room)

        let all = (0..<100).map { empty.sample(at: .zero + .milliseconds($0)) != nil }
        let some = stride(from: 0, to: 1_000, by: 10).map {
            full.sample(at: .zero + .milliseconds($0)) != nil
        }

        #expect(all.allSatisfy { $0 })
        #expect(some.count { $0 } == 4)
    }

    @Test func `takes no more memory than it may: the oldest go first`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .whole(status: 200, head: "", body: [1])
        }
        try gateway.route([gateway.run(1)]) {
            $0.keptRequests = 64
            $0.bodyLimit = 2 << 20
        }
        let client = try gateway.connect()
        for number in 0..<40 {
            client.post("/endpoints/iris/score", [UInt8](repeating: UInt8(number), count: 1 << 20))
            _ = try client.answer()
        }
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { _ in
            .whole(status: 200, head: "", body: [1])
        }

        try gateway.send(
            .compare(
                ComparisonOrder(
                    run: gateway.run(2),
                    old: Revision(number: 1),
                    requests: 64,
                    tolerance: 0,
                    limitMilliseconds: 60_000
                )
            )
        )
        let found = try gateway.report { report in
            if case .compared(let tally) = report { tally } else { nil }
        }
        let asked = try (0..<found.requests).map { _ in try new.asked.take { $0.body.first } }

        // With what stands around each of them, 32 do not fit into 32 MiB.
        #expect(found.requests == 31)
        #expect(found.tally.equal == 31)
        #expect(asked == (9..<40).map { UInt8($0) })
    }
}
