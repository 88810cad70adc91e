// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `Of each revision, a gateway` {
    private let score = "/endpoints/iris/score"

    private func answers(_ gateway: GatewayUnderTest) throws -> [RevisionAnswers] {
        try gateway.send(.reportAnswers(gateway.key))
        return try gateway.report { report in
            if case .answers(_, let answers) = report { answers } else { nil }
        }
    }

    private func counted(_ number: Int, _ answers: Int, _ failures: Int) -> RevisionAnswers {
        RevisionAnswers(
            revision: Revision(number: number),
            answers: answers,
            failures: failures
        )
    }

    @Test func `counts answers and failures, by the status that its client sees`() throws {
        let gateway = try GatewayUnderTest()
        let statuses: [UInt16] = [200, 404, 500, 503]
        let scorer = try gateway.startScorer(gateway.run(1), revision: 7) { asked in
            .whole(status: statuses[Int(asked.text) ?? 0], head: "", body: [])
        }
        for style in [StatusStyle.direct, .managed] {
            try gateway.route([gateway.run(1)]) { $0.statuses = style }
            let client = try gateway.connect()
            for number in statuses.indices {
                client.post(score, "\(number)")
                _ = try client.answer()
            }
        }

        #expect(try answers(gateway) == [counted(7, 8, 5)])
        scorer.die()
    }

    @Test func `counts a request that its scorer took with it as a failure`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let dying = try gateway.startScorer(gateway.run(1), revision: 2) { _ in
            gate.pass()
            return .none
        }
        try gateway.route([gateway.run(1)]) { $0.retry = .never }
        let client = try gateway.connect()
        client.post(score, "x")
        try dying.asked.take { _ in true }

        dying.die()
        let answer = try client.answer()

        #expect(answer.status == 502)
        #expect(try answers(gateway) == [counted(2, 1, 1)])
        gate.open()
    }

    @Test func `counts a request that its scorer was too late with, not one that only waited`()
        throws
    {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let late = try gateway.startScorer(gateway.run(1), revision: 3) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)]) { $0.deadlineMilliseconds = 300 }
        let clients = try (0..<2).map { _ in try gateway.connect() }
        clients[0].post(score, "taken")
        try late.asked.take { _ in true }
        clients[1].post(score, "waits")

        for client in clients { #expect(try client.answer().status >= 408) }

        #expect(try answers(gateway) == [counted(3, 1, 1)])
        gate.open()
    }

    @Test func `knows nothing where nothing was answered`() throws {
        let gateway = try GatewayUnderTest()

        #expect(try answers(gateway).isEmpty)
    }
}

@Suite struct `Counters of revisions` {
    @Test func `remember the newest four`() {
        var counters = RevisionCounters()

        for number in [3, 1, 2, 4, 5] {
            counters.count(status: 200, of: Revision(number: number))
        }

        #expect(counters.all.map(\.revision.number) == [2, 3, 4, 5])
    }
}
