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

    @Test func `counts a request that its scorer was too late with`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let late = try gateway.startScorer(gateway.run(1), revision: 3) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)]) { $0.deadlineMilliseconds = 300 }
        let client = try gateway.connect()
        client.post(score, "taken")
        try late.asked.take { _ in true }

        #expect(try client.answer().status >= 408)

        #expect(try answers(gateway) == [counted(3, 1, 1)])
        gate.open()
    }

    @Test func `does not count what waited too long while others were answered`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let busy = try gateway.startScorer(gateway.run(1), revision: 3) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let clients = try (0..<3).map { _ in try gateway.connect() }
        clients[0].post(score, "first")
        try busy.asked.take { _ in true }
        clients[1].post(score, "second")
        while try gateway.statistics()?.waiting != 1 {}
        try gateway.route([gateway.run(1)]) { $0.deadlineMilliseconds = 1_500 }
        clients[2].post(score, "third")
        for _ in 0..<1_000 where try gateway.statistics()?.waiting != 2 {}
        gate.open()
        _ = try clients[0].answer()

        let late = try clients[2].answer()

        #expect(late.status >= 408)
        #expect(try answers(gateway) == [counted(3, 1, 0)])
        gate.open(2)
    }

    @Test func `counts what waited in vain for the only revision, which took nothing`() throws {
        let gateway = try GatewayUnderTest()
        let doze = Gate()
        let socket = try gateway.openLane(gateway.run(1), revision: 4)
        let quiet = ScorerUnderTest(socket: socket, threads: 1, dozingAt: doze) { .echo($0) }
        try gateway.report { if case .ready(gateway.run(1)) = $0 { true } else { nil } }
        try gateway.route([gateway.run(1)]) { $0.deadlineMilliseconds = 300 }
        let clients = try (0..<2).map { _ in try gateway.connect() }
        for client in clients { client.post(score, "x") }

        for client in clients { #expect(try client.answer().status >= 408) }

        #expect(try answers(gateway) == [counted(4, 2, 2)])
        quiet.die()
        doze.open()
    }

    @Test func `counts what waited in vain for either of two for none`() throws {
        let gateway = try GatewayUnderTest()
        let doze = Gate()
        var quiet: [ScorerUnderTest] = []
        for number in 1...2 {
            let socket = try gateway.openLane(gateway.run(number), revision: number)
            quiet.append(ScorerUnderTest(socket: socket, threads: 1, dozingAt: doze) { .echo($0) })
            try gateway.report { if case .ready(gateway.run(number)) = $0 { true } else { nil } }
        }
        try gateway.route([gateway.run(1), gateway.run(2)]) { $0.deadlineMilliseconds = 300 }
        let clients = try (0..<3).map { _ in try gateway.connect() }
        for client in clients { client.post(score, "x") }

        for client in clients { #expect(try client.answer().status >= 408) }

        #expect(try answers(gateway) == [counted(1, 1, 1), counted(2, 1, 1)])
        for scorer in quiet { scorer.die() }
        doze.open(2)
    }

    @Test func `counts a request that killed its scorers, and one refused for it`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let client = try gateway.connect()
        for ordinal in 1...2 {
            let scorer = try gateway.startScorer(gateway.run(ordinal), revision: 5) { _ in
                gate.pass()
                return .none
            }
            try gateway.route([gateway.run(ordinal)])
            if ordinal == 1 { client.post(score, "poison") }
            try scorer.asked.take { _ in true }
            scorer.die()
        }
        let convicted = try client.answer()
        let third = try gateway.startScorer(gateway.run(3), revision: 5)
        try gateway.route([gateway.run(3)])
        client.post(score, "poison")
        let refused = try client.answer()

        #expect((convicted.status, refused.status) == (502, 502))
        #expect(try answers(gateway) == [counted(5, 2, 2)])
        third.die()
        gate.open(2)
    }

    @Test func `counts an answer that cannot be shown as a failure`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1), revision: 6) { _ in
            .whole(status: 200, head: "no header line\n", body: [1])
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post(score, "x")

        #expect(try client.answer().status == 502)
        #expect(try answers(gateway) == [counted(6, 1, 1)])
        scorer.die()
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

    /// Whether a revision that last took and answered something then is to blame for a request that
    /// was whole at 10 s, held since then, and is late at 20 s.
    private func isBlamed(took: Int?, answered: Int?, heldAt: Int?) -> Bool {
        let moment = { (second: Int) in Moment.zero + .seconds(second) }
        var counters = RevisionCounters()
        let revision = Revision(number: 1)
        if let answered {
            counters.noteProgress(of: revision, isAnswer: true, at: moment(answered))
        }
        if let took { counters.noteProgress(of: revision, isAnswer: false, at: moment(took)) }
        let late = LateRequest(wholeAt: moment(10), heldAt: heldAt.map(moment), now: moment(20))
        return counters.isBlamed(revision, for: late)
    }

    @Test(arguments: [(nil, nil, true), (9, 9, true), (10, 9, false), (nil, 10, false)])
    func `blame who takes and answers nothing for what waits in vain`(
        took: Int?,
        answered: Int?,
        isBlamed: Bool
    ) {
        #expect(self.isBlamed(took: took, answered: answered, heldAt: nil) == isBlamed)
    }

    @Test(arguments: [(10, 19, true), (15, 19, true), (16, 19, false), (16, 9, true)])
    func `blame who had it for half of its time, or answered nothing in all of it`(
        heldAt: Int,
        answered: Int,
        isBlamed: Bool
    ) {
        #expect(self.isBlamed(took: 16, answered: answered, heldAt: heldAt) == isBlamed)
    }

    @Test func `remember what four did last`() {
        var counters = RevisionCounters()

        for number in 1...5 {
            let revision = Revision(number: number)
            counters.noteProgress(of: revision, isAnswer: true, at: .zero)
        }

        let late = LateRequest(wholeAt: .zero, heldAt: nil, now: .zero + .seconds(1))
        #expect(!counters.isBlamed(Revision(number: 2), for: late))
        #expect(counters.isBlamed(Revision(number: 1), for: late))
        #expect(counters.all.isEmpty)
    }
}
