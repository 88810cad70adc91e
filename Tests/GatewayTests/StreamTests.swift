// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `An answer in parts` {
    private let score = "/endpoints/iris/score"
    private let plain = "content-type: text/plain\n"

    @Test func `reaches its client part by part, each when it is made`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { stream in
                for word in ["one", "two", "three"] {
                    stream.write(word)
                    gate.pass()
                }
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "x")
        let answer = try client.head()
        var words: [String?] = []
        for _ in 0..<3 {
            words.append(try client.chunk())
            gate.open()
        }
        let end = try client.chunk()

        #expect(answer.field("transfer-encoding") == "chunked")
        #expect(words == ["one", "two", "three"])
        #expect(end == nil)
    }

    @Test(arguments: [
        ("content-type: text/event-stream\n", "no-cache"),
        ("Content-Type: Text/Event-Stream; charset=utf-8\nx: y\n", "no-cache"),
        ("Cache-Control: no-store\ncontent-type: text/event-stream\n", "no-store"),
        ("content-type: text/event-streams\n", nil),
        ("content-type: text/plain\n", nil),
    ])
    func `of events may not be kept by anybody unless its scorer says so`(
        head: String,
        control: String?
    ) throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { $0.write("data: 1\n\n") }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "x")
        let answer = try client.head()

        #expect(answer.field("cache-control") == control)
        #expect(try client.chunk() == "data: 1\n\n")
    }

    @Test func `outlives its deadline once it has begun`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { stream in
                stream.write("begun")
                gate.pass()
                stream.write("done")
            }
        }
        try gateway.route([gateway.run(1)]) { $0.deadlineMilliseconds = 200 }
        let (client, later) = (try gateway.connect(), try gateway.connect())

        client.post(score, "x")
        _ = try client.head()
        #expect(try client.chunk() == "begun")
        // Came later, so its deadline passes later.
        later.post(score, "y")
        let late = try later.answer()
        gate.open(2)

        #expect(late.status == 504)
        #expect(try client.chunk() == "done")
        #expect(try client.chunk() == nil)
    }

    @Test func `is cancelled when its client hangs up, though nothing is being written`() throws {
        let gateway = try GatewayUnderTest()
        let seen = Mailbox<scorer_result>()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            guard asked.text == "stream" else { return .echo(asked) }
            return .stream(head: head) { stream in
                stream.write("begun")
                while !stream.isCancelled { sched_yield() }
                seen.put(stream.write("unwanted"))
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "stream")
        _ = try client.head()
        #expect(try client.chunk() == "begun")
        client.hangUp()
        let result = try seen.take { $0 }
        let next = try gateway.connect()
        next.post(score, "next")

        #expect(result == SCORER_CANCELLED)
        #expect(try next.answer().text == "next")
        #expect(try gateway.statistics()?.bound == 0)
    }

    @Test func `has the kernel ask whether a silent client is still there`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { stream in
                stream.write("begun")
                gate.pass()
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "x")
        _ = try client.head()
        #expect(try client.chunk() == "begun")
        let patience = Date(timeIntervalSinceNow: 20)
        while !KernelTable(client, of: gateway).asksWhenSilent, Date() < patience { sched_yield() }

        #expect(KernelTable(client, of: gateway).asksWhenSilent)
        gate.open()
    }

    @Test(arguments: ["HEAD", "GET"])
    func `ends with its head where no body is to be shown`(method: String) throws {
        let gateway = try GatewayUnderTest()
        let seen = Mailbox<scorer_result>()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            guard !asked.head.hasPrefix("POST") else { return .echo(asked) }
            return .stream(head: asked.head.hasPrefix("HEAD") ? head : "not a header line\n") {
                var result = SCORER_OK
                while result == SCORER_OK { result = $0.write("on and on") }
                seen.put(result)
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.send("\(method) \(score) HTTP/1.1\r\nHost: x\r\n\r\n")
        client.post(score, "next")
        let answer = method == "HEAD" ? try client.head() : try client.answer()

        #expect(answer.status == (method == "HEAD" ? 200 : 502))
        #expect(try seen.take { $0 } == SCORER_CANCELLED)
        #expect(try client.answer().text == "next")
    }

    @Test func `ends by the connection's end in HTTP 1.0`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { stream in
                stream.write("one")
                gate.pass()
                stream.write("two")
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.send("GET \(score) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let answer = try client.head()
        let first = try client.read(3)
        gate.open()
        let second = try client.read(3)

        #expect(answer.field("transfer-encoding") == nil)
        #expect(answer.field("connection") == "close")
        #expect(first + second == "onetwo")
        #expect(try client.isClosed())
    }

    @Test(arguments: ["HTTP/1.1", "HTTP/1.0"])
    func `is seen to be broken off when its scorer dies`(version: String) throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let head = plain
        let scorer = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { stream in
                stream.write("half")
                gate.pass()
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.send("GET \(score) \(version)\r\nHost: x\r\n\r\n")
        _ = try client.head()
        if version == "HTTP/1.0" {
            #expect(try client.read(4) == "half")
        } else {
            #expect(try client.chunk() == "half")
        }
        scorer.die()

        // There is no last chunk; where there are no chunks, only a reset tells.
        #expect(try client.isReset() == (version == "HTTP/1.0"))
        gate.open()
    }

    @Test func `waits for its turn, and is answered 502 if its scorer dies meanwhile`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let written = Mailbox<String>()
        let head = plain
        let work: @Sendable (ScorerUnderTest.Asked) -> ScorerUnderTest.Answer = { asked in
            .stream(head: head) { stream in
                stream.write("begun " + asked.text)
                written.put(asked.text)
                gate.pass()
            }
        }
        let first = try gateway.startScorer(gateway.run(1), calls: 8, work)
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post(score, "first")
        _ = try client.head()
        #expect(try client.chunk() == "begun first")
        let second = try gateway.startScorer(gateway.run(2), calls: 8, work)
        try gateway.route([gateway.run(2)])

        client.post(score, "second")
        try written.take { $0 == "second" ? true : nil }
        second.die()
        try gateway.report { if case .ejected(gateway.run(2), _) = $0 { true } else { nil } }
        gate.open(2)

        #expect(try client.chunk() == nil)
        let answer = try client.answer()
        #expect(answer.status == 502)
        #expect(answer.text.contains("AnswerBrokenOff"))
        #expect(first.begun == 1)
    }

    @Test func `is finished when its run drains`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let head = plain
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .stream(head: head) { stream in
                stream.write("begun")
                gate.pass()
                stream.write("done")
            }
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post(score, "x")
        _ = try client.head()
        #expect(try client.chunk() == "begun")

        try gateway.route([])
        try gateway.send(.drain(gateway.run(1)))
        _ = try gateway.statistics()
        gate.open()

        #expect(try client.chunk() == "done")
        #expect(try client.chunk() == nil)
        try gateway.report { if case .drained(gateway.run(1)) = $0 { true } else { nil } }
    }
}
