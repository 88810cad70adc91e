// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `Of what killed its scorers, a gateway` {
    private let score = "/endpoints/iris/score"

    /// Posts a body and has it outlive so many scorers of revision 1, or not; its client.
    private func kill(
        _ count: Int,
        of gateway: GatewayUnderTest,
        with gate: Gate,
        withNode: Bool? = nil
    ) throws -> RawClient {
        let client = try gateway.connect()
        for ordinal in 1...count {
            let run = gateway.run(ordinal)
            let scorer = try gateway.startScorer(run) { _ in
                gate.pass()
                return .none
            }
            try gateway.route([run])
            if ordinal == 1 { client.post(score, "body") }
            try scorer.asked.take { _ in true }
            scorer.die()
            try gateway.report { if case .ejected(run, _) = $0 { true } else { nil } }
            try gateway.send(.end(run, withNode: withNode))
        }
        return client
    }

    @Test(arguments: [2, 0])
    func `lets another revision score it, newer or gone back to`(other: Int) throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let client = try kill(2, of: gateway, with: gate)
        let convicted = try client.answer()
        let healthy = try gateway.startScorer(gateway.run(3), revision: other)
        try gateway.route([gateway.run(3)])

        client.post(score, "body")
        let served = try client.answer()

        #expect(convicted.status == 502)
        #expect(served.status == 200)
        #expect(healthy.begun == 1)
        gate.open(2)
    }

    @Test func `remembers nothing once its deployment was removed`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let client = try kill(2, of: gateway, with: gate)
        let convicted = try client.answer()
        try gateway.send(.unroute(gateway.endpoint))
        let healthy = try gateway.startScorer(gateway.run(3))
        try gateway.route([gateway.run(3)])

        client.post(score, "body")
        let served = try client.answer()

        #expect(convicted.status == 502)
        #expect(served.status == 200)
        #expect(healthy.begun == 1)
        gate.open(2)
    }

    @Test func `holds nothing against it where they went with their nodes`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let client = try kill(5, of: gateway, with: gate, withNode: true)
        let healthy = try gateway.startScorer(gateway.run(6))
        try gateway.route([gateway.run(6)])

        let served = try client.answer()

        #expect(served.status == 200)
        #expect(served.text == "body")
        #expect(healthy.begun == 1)
        gate.open(5)
    }
}
