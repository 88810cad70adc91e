// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `In trouble, a gateway` {
    private let score = "/endpoints/iris/score"

    @Test func `has what a dead scorer had begun scored by another`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let dying = try gateway.startScorer(gateway.run(1)) { _ in
            gate.pass()
            return .none
        }
        try gateway.route([gateway.run(1)])
        let clients = try (0..<4).map { _ in try gateway.connect() }
        for (place, client) in clients.enumerated() { client.post(score, "input \(place)") }
        try dying.asked.take { _ in true }
        let other = try gateway.startScorer(gateway.run(2), calls: 2)
        dying.die()
        try gateway.report { if case .ejected = $0 { true } else { nil } }
        try gateway.route([gateway.run(2)])

        for (place, client) in clients.enumerated() {
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.text == "input \(place)")
        }
        #expect(try gateway.statistics()?.redispatched == 1)
        #expect(other.begun == 4)
        gate.open()
    }

    @Test(arguments: [RetryPolicy.once, .never])
    func `hands what an ended scorer could not be given to another`(retry: RetryPolicy) throws {
        let gateway = try GatewayUnderTest()
        let socket = try gateway.openLane(gateway.run(1))
        let scorer = ScorerUnderTest(socket: socket, threads: 1, dozingAt: Gate()) { .echo($0) }
        try gateway.report { if case .ready(gateway.run(1)) = $0 { true } else { nil } }
        try gateway.route([gateway.run(1), gateway.run(2)]) { $0.retry = retry }
        // It reads no more, and its end of the socket is not closed yet: the kernel refuses to send.
        shutdown(socket, Int32(SHUT_RD))
        let client = try gateway.connect()

        client.post(score, [UInt8](repeating: 0x61, count: 100_000))
        let why = try gateway.report { report in
            if case .ejected(gateway.run(1), let why) = report { why } else { nil }
        }
        let other = try gateway.startScorer(gateway.run(2))
        let answer = try client.answer()

        #expect(why == LaneEnd.scorerWent)
        #expect(answer.status == 200)
        #expect(answer.body.count == 100_000)
        #expect((scorer.begun, other.begun) == (0, 1))
    }

    @Test func `answers 502 and names the run where nothing may be scored twice`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let dying = try gateway.startScorer(gateway.run(1)) { _ in
            gate.pass()
            return .none
        }
        let other = try gateway.startScorer(gateway.run(2))
        try gateway.route([gateway.run(1)]) { $0.retry = .never }
        let client = try gateway.connect()
        client.post(score, "x")
        try dying.asked.take { _ in true }

        dying.die()
        let answer = try client.answer()

        #expect(answer.status == 502)
        #expect(answer.text.contains("iris/default/1#1"))
        #expect(other.begun == 0)
        gate.open()
    }

    @Test(arguments: [1, 20_000])
    func `convicts a body that kills twice and refuses it from then on`(length: Int) throws {
        let poison = String(repeating: "poison", count: length)
        let gateway = try GatewayUnderTest()
        let client = try gateway.connect()
        let gate = Gate()
        for ordinal in 1...2 {
            let scorer = try gateway.startScorer(gateway.run(ordinal)) { _ in
                gate.pass()
                return .none
            }
            try gateway.route([gateway.run(ordinal)])
            if ordinal == 1 { client.post(score, poison) }
            try scorer.asked.take { _ in true }
            scorer.die()
        }
        let convicted = try client.answer()
        let healthy = try gateway.startScorer(gateway.run(3))
        try gateway.route([gateway.run(3)])
        client.post(score, poison)
        let refused = try client.answer()
        let bread = poison.dropLast() + "s"
        client.post(score, String(bread))
        let served = try client.answer()

        #expect(convicted.status == 502)
        #expect(refused.status == 502)
        #expect(served.text == bread)
        #expect(healthy.begun == 1)
        gate.open(2)
    }

    @Test func `drops a waiting request whose client has gone`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            if asked.text == "first" { gate.pass() }
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let first = try gateway.connect()
        let gone = try gateway.connect()
        let last = try gateway.connect()
        first.post(score, "first")
        try scorer.asked.take { _ in true }
        gone.post(score, "gone")
        while try gateway.statistics()?.waiting != 1 { sched_yield() }
        gone.hangUp()
        while try gateway.statistics()?.abandoned != 1 { sched_yield() }

        last.post(score, "last")
        gate.open()

        #expect(try first.answer().text == "first")
        #expect(try last.answer().text == "last")
        #expect(scorer.begun == 2)
    }

    @Test(arguments: [(StatusStyle.direct, 504), (.managed, 408)])
    func `keeps the deadline`(style: StatusStyle, status: Int) throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            if asked.text == "slow" { gate.pass() }
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)]) {
            $0.deadlineMilliseconds = 300
            $0.statuses = style
        }
        let slow = try gateway.connect()
        let waiting = try gateway.connect()

        slow.post(score, "slow")
        try scorer.asked.take { _ in true }
        waiting.post(score, "waiting")
        let answers = [try slow.answer(), try waiting.answer()]
        gate.open()
        slow.post(score, "again")
        let after = try slow.answer()

        #expect(answers.map(\.status) == [status, status])
        #expect(after.text == "again")
        #expect(scorer.begun == 2)
    }

    @Test func `refuses one too many before its body is sent`() throws {
        let gateway = try GatewayUnderTest()
        try gateway.route([]) { $0.waitingLimit = 1 }
        let first = try gateway.connect()
        let second = try gateway.connect()
        first.post(score, "waits")
        while try gateway.statistics()?.waiting != 1 { sched_yield() }

        second.send("POST \(score) HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        let refused = try second.answer()
        second.send("later")
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let served = try first.answer()
        second.post(score, "again")

        #expect(refused.status == 429)
        #expect(refused.field("retry-after") == "1")
        #expect(served.text == "waits")
        #expect(try second.answer().text == "again")
    }

    @Test func `shows a model's failures as Azure does where that is asked for`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            .whole(status: 500, head: "content-type: text/plain\n", body: asked.body)
        }
        try gateway.route([gateway.run(1)]) { $0.statuses = .managed }
        let client = try gateway.connect()

        client.post(score, "oops")
        let answer = try client.answer()

        #expect(answer.status == 424)
        #expect(answer.field("ms-azureml-model-error-statuscode") == "500")
        #expect(answer.field("ms-azureml-model-error-reason") == "model_error")
        #expect(answer.text == "oops")
    }

    @Test func `loses only the scorer that scribbles over its answers`() throws {
        let gateway = try GatewayUnderTest()
        let scribbler = try Scribbler(socket: gateway.openLane(gateway.run(1)))
        try gateway.report { if case .ready = $0 { true } else { nil } }
        let honest = try gateway.startScorer(gateway.run(2))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post(score, "x")
        try gateway.route([gateway.run(1), gateway.run(2)])

        scribbler.scribble()
        let (run, why) = try gateway.report { report -> (Run, String)? in
            if case .ejected(let run, let why) = report { (run, why) } else { nil }
        }

        #expect(run == gateway.run(1))
        #expect(why.hasPrefix("the scorer"))
        #expect(try client.answer().text == "x")
        #expect(honest.begun == 1)
    }

    @Test func `tells a supervisor that comes back what it holds`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        try gateway.reconnect()
        var heard: [String] = []
        try gateway.report { report -> Bool? in
            switch report {
            case .hello: heard.append("hello")
            case .listening: heard.append("listening")
            case .holding(let run, let isReady): heard.append("\(run) \(isReady)")
            case .helloEnd: return true
            default: break
            }
            return nil
        }
        client.post(score, "still")

        #expect(heard == ["hello", "listening", "\(gateway.run(1)) true"])
        #expect(try client.answer().text == "still")
    }

    @Test func `drains a run: finishes its request, tells its scorer, reports`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            gate.pass()
            return .echo(asked)
        }
        let next = try gateway.startScorer(gateway.run(2))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post(score, "old")
        try scorer.asked.take { _ in true }

        try gateway.route([gateway.run(2)])
        try gateway.send(.drain(gateway.run(1)))
        let second = try gateway.connect()
        second.post(score, "new")
        let new = try second.answer()
        gate.open()
        let drained = try gateway.report { if case .drained(let run) = $0 { run } else { nil } }

        #expect(new.text == "new")
        #expect(try client.answer().text == "old")
        #expect(drained == gateway.run(1))
        #expect(next.begun == 1)
    }

    @Test func `leaves once what is under way is answered`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let idle = try gateway.connect()
        client.post(score, "last words")
        try scorer.asked.take { _ in true }

        try gateway.send(.leave(graceMilliseconds: 15_000))
        let isIdleClosed = try idle.isClosed()
        gate.open()
        let answer = try client.answer()
        try gateway.waitUntilLeft()

        #expect(isIdleClosed)
        #expect(answer.text == "last words")
        #expect(answer.field("connection") == "close")
    }

    @Test func `answers one more request that has begun when another gateway comes`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let idle = try gateway.connect()
        let client = try gateway.connect()
        client.post(score, "first")
        let first = try client.answer()
        let text = "POST \(score) HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n"
        client.send(text)

        try gateway.send(.leave(graceMilliseconds: 60_000))
        let isIdleClosed = try idle.isClosed()
        client.send("content-type: application/json\r\n\r\nlast")
        let last = try client.answer()
        try gateway.waitUntilLeft()

        #expect(first.field("connection") != "close")
        #expect(isIdleClosed)
        #expect(last.text == "last")
        #expect(last.field("connection") == "close")
        #expect(scorer.begun == 2)
    }

    @Test func `tells its scorers to leave where it is the last`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])

        try gateway.send(.last)
        try gateway.send(.leave(graceMilliseconds: 15_000))
        try gateway.waitUntilLeft()

        #expect(try scorer.farewell.take { $0 } == SCORER_DRAINED)
    }

    @Test func `hears whoever was accepted just before it leaves, as the last one too`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let idle = try gateway.connect()
        // Accepted in turn: what is answered here was accepted after the client.
        idle.post(score, "first")
        _ = try idle.answer()

        try gateway.send(.last)
        try gateway.send(.leave(graceMilliseconds: 60_000))
        client.post(score, "on its way")
        let answer = try client.answer()
        let areClosed = try [client.isClosed(), idle.isClosed()]
        try gateway.waitUntilLeft()

        // Whether its answer says so depends on which of the two was read first, the order or it.
        #expect(answer.text == "on its way")
        #expect(areClosed == [true, true])
    }

    @Test func `leaves its scorers to the gateway that comes after it`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])

        try gateway.send(.leave(graceMilliseconds: 15_000))
        try gateway.waitUntilLeft()

        #expect(try scorer.farewell.take { $0 } == SCORER_GONE)
    }

    @Test func `leaves by itself when no supervisor comes back`() throws {
        let gateway = try GatewayUnderTest(orphanGrace: .milliseconds(100))
        try gateway.route([])

        gateway.orphan()

        try gateway.waitUntilLeft()
    }

    @Test func `names the run that it threw out with a request of somebody else in hand`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let hung = try gateway.startScorer(gateway.run(1), calls: 2) { _ in
            gate.pass()
            return .none
        }
        try gateway.route([gateway.run(1)]) {
            $0.retry = .never
            $0.deadlineMilliseconds = 100
        }
        let late = try gateway.connect()
        late.post(score, "never answered")
        try hung.asked.take { _ in true }
        try gateway.route([gateway.run(1)]) { $0.retry = .never }
        let patient = try gateway.connect()
        patient.post(score, "in the same hands")
        try hung.asked.take { _ in true }

        let answer = try patient.answer()

        #expect(answer.status == 502)
        #expect(answer.text.contains("iris/default/1#1"))
        gate.open()
    }

    @Test func `keeps what a supervisor missed until it is back`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        gateway.orphan()
        scorer.die()
        client.get("/endpoints/iris/ping")
        while try client.answer().status == 200 { client.get("/endpoints/iris/ping") }

        try gateway.reconnect()
        let ejected = try gateway.report { report -> Run? in
            if case .ejected(let run, _) = report { run } else { nil }
        }

        #expect(ejected == gateway.run(1))
    }
}
