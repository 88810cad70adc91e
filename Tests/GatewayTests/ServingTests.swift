// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `A gateway` {
    private let score = "/endpoints/iris/score"

    @Test func `gives a scorer the request and the client its answer`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score + "?a=1", "hello", fields: "X-Color: red\r\nCookie: secret\r\n")
        let answer = try client.answer()
        let asked = try scorer.asked.take { $0 }

        #expect(answer.status == 200)
        #expect(answer.text == "hello")
        #expect(answer.field("content-type") == "text/plain")
        #expect(answer.field("azureml-model-deployment") == "default")
        #expect(asked.head.hasPrefix("POST /score?a=1\ncontent-type: application/json\n"))
        #expect(asked.head.contains("x-color: red\n"))
        #expect(!asked.head.contains("secret"))
    }

    @Test func `serves many requests over one connection, and many connections`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1), calls: 4)
        try gateway.route([gateway.run(1)])
        let clients = try (0..<8).map { _ in try gateway.connect() }

        for round in 0..<50 {
            for (place, client) in clients.enumerated() { client.post(score, "\(round)/\(place)") }
            for (place, client) in clients.enumerated() {
                #expect(try client.answer().text == "\(round)/\(place)")
            }
        }
        #expect(try gateway.statistics()?.answers == [200: 400])
    }

    @Test func `answers pipelined requests in their order, however they end`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1), calls: 8) { asked in
            if asked.text == "slow" { gate.pass() }
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "slow")
        client.post(score, "quick")
        client.get("/endpoints/nobody/score")
        try scorer.asked.take { $0.text == "quick" ? true : nil }
        gate.open()

        #expect(try client.answer().text == "slow")
        #expect(try client.answer().text == "quick")
        #expect(try client.answer().status == 404)
    }

    @Test func `answers two hundred requests that came at once, however many may wait`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let requests = (0..<200).map { number in
            "POST /endpoints/iris/score HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
                + "\(number + 100)"
        }

        client.send(requests.joined())

        for number in 0..<200 { #expect(try client.answer().text == "\(number + 100)") }
        #expect(scorer.begun == 200)
    }

    @Test(arguments: [31, 32, 33])
    func `reads a long body behind as many requests as may wait`(count: Int) throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            if asked.text == "100" { gate.pass() }
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let long = String(repeating: "x", count: 200_000)
        let requests = (1..<count).map { number in
            "POST /endpoints/iris/score HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
                + "\(number + 99)"
        }

        client.send(requests.joined())
        client.post(score, long)
        gate.open()

        for number in 1..<count { #expect(try client.answer().text == "\(number + 99)") }
        #expect(try client.answer().text == long)
    }

    @Test func `carries bodies of any size up to the limit, and no further`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        for size in [0, 1, 40_000, 64 << 10, 1 << 20, 16 << 20] {
            var body = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
            for place in stride(from: 0, to: size, by: 4_093) {
                body[place] = UInt8(truncatingIfNeeded: place / 4_093)
            }
            let client = try gateway.connect()

            client.post(score, body)
            let answer = try client.answer()

            #expect(answer.status == 200)
            #expect(answer.body == body, "\(size) bytes")
        }
        let begun = scorer.begun
        let client = try gateway.connect()
        client.send(
            "POST \(score) HTTP/1.1\r\nHost: x\r\nContent-Length: \(16 << 20 | 1)\r\n\r\n"
        )
        let refused = try client.answer()
        let chunked = try gateway.connect()
        chunked.send("POST \(score) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "100000\r\n" + String(repeating: "x", count: 1 << 20) + "\r\n"
        for _ in 0..<17 { chunked.send(chunk) }

        #expect(refused.status == 413)
        #expect(try chunked.answer().status == 413)
        #expect(scorer.begun == begun)
    }

    @Test func `gives a client that reads late all of its answer before it hangs up`() throws {
        // Each part of it is more than the kernel takes, the last one too.
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        let gateway = try GatewayUnderTest(room: 4_096)
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .whole(status: 200, head: "", body: body)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect(room: 4_096)

        client.post("/endpoints/iris/score", "all", fields: "Connection: close\r\n")
        let answer = try client.answer()

        #expect(answer.body == body)
        #expect(try client.isClosed())
    }

    @Test(arguments: [UInt16(204), 205, 304])
    func `gives no body where the status allows none`(status: UInt16) throws {
        let gateway = try GatewayUnderTest()
        let forged = Array("HTTP/1.1 200 Forged\r\nContent-Length: 0\r\n\r\n".utf8)
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            asked.text == "none" ? .whole(status: status, head: "", body: forged) : .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post("/endpoints/iris/score", "none")
        client.post("/endpoints/iris/score", "next")

        #expect(try client.answer(toHead: true).status == Int(status))
        #expect(try client.answer().text == "next")
    }

    @Test func `reads a body of single bytes`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.send("POST \(score) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        let block = String(repeating: "1\r\nx\r\n", count: 6_000)
        for _ in 0..<10 { client.send(block) }
        client.send("0\r\n\r\n")

        #expect(try client.answer().body.count == 60_000)
    }

    @Test func `asks for a body that the client holds back`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let head = "Host: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"

        client.send("POST \(score) HTTP/1.1\r\n\(head)")
        let interim = try client.answer()
        client.send("body")
        let answer = try client.answer()
        client.send("POST /endpoints/nobody/score HTTP/1.1\r\n\(head)")
        let refused = try client.answer()

        #expect(interim.status == 100)
        #expect(answer.text == "body")
        #expect(refused.status == 404)
        #expect(try client.isClosed())
    }

    @Test func `passes an answer on in parts as they come`() throws {
        let gateway = try GatewayUnderTest()
        let parts = (0..<40).map { [UInt8](repeating: UInt8($0), count: 30_000) }
        _ = try gateway.startScorer(gateway.run(1)) { _ in .parts(parts) }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "x")
        let answer = try client.answer()
        client.post(score, "y")
        let second = try client.answer()

        #expect(answer.field("transfer-encoding") == "chunked")
        #expect(answer.body == parts.flatMap { $0 })
        #expect(second.body.count == 1_200_000)
    }

    @Test func `cuts a client off from an answer that its scorer cannot finish`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            asked.text == "broken" ? .broken([[97], [98]]) : .parts([[97], [98]])
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let other = try gateway.connect()

        client.post(score, "broken")
        let stuck = #expect(throws: Stuck.self) { try client.answer() }
        other.post(score, "whole")
        let answer = try other.answer()

        #expect(stuck?.what.hasPrefix("closed within") == true)
        #expect(answer.text == "ab")
    }

    @Test func `passes on the whole of a failure that comes in parts`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .whole(
                status: 503,
                head: "content-type: text/plain\n",
                body: Array(repeating: 97, count: 200_000)
            )
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post(score, "why")
        let answer = try client.answer()

        #expect(answer.body.count == 200_000)
    }

    @Test func `shows a head without its body to HEAD, and HTTP 1.0 its own way`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let old = try gateway.connect()

        client.send("HEAD /endpoints/iris/ping HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try client.answer(toHead: true)
        client.get("/endpoints/iris/ping")
        let body = try client.answer()
        old.send("GET /endpoints/iris/ping HTTP/1.0\r\n\r\n")
        let answer = try old.answer()

        #expect(head.field("content-length") == "1")
        #expect(body.text == "\n")
        #expect(answer.status == 200)
        #expect(answer.field("connection") == "close")
        #expect(try old.isClosed())
    }

    @Test func `names requests, and keeps a client's own names within their rules`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        let client40 = String(repeating: "a", count: 50)

        client.post(score, "1")
        let made = try client.answer()
        client.post(score, "2", fields: "x-request-id: mine-1\r\n")
        let echoed = try client.answer()
        client.post(score, "3", fields: "x-ms-client-request-id: a b!\(client40)\r\n")
        let cleaned = try client.answer()
        let long = String(repeating: "r", count: 101)
        client.post(score, "4", fields: "x-request-id: \(long)\r\n")
        let refused = try client.answer()

        #expect(made.field("x-request-id")?.count == 32)
        #expect(echoed.field("x-request-id") == "mine-1")
        #expect(cleaned.field("x-ms-client-request-id") == "ab" + client40.prefix(38))
        #expect(refused.status == 431)
        #expect(scorer.begun == 3)
    }

    @Test func `refuses a scorer's header lines that are not HTTP`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            .whole(status: 200, head: asked.text, body: Array("x".utf8))
        }
        try gateway.route([gateway.run(1)])
        for bad in ["a: b\r\nc: d\n", "a b: c\n", "nothing\n", ": x\n", "a: \u{0}\n"] {
            let client = try gateway.connect()
            client.post(score, bad)
            #expect(try client.answer().status == 502, "\(bad.debugDescription)")
        }
        let client = try gateway.connect()
        client.post(score, "Content-Length: 99\nconnection: close\nx-mine: yes\n")
        let answer = try client.answer()

        #expect(answer.status == 200)
        #expect(answer.text == "x")
        #expect(answer.field("x-mine") == "yes")
        #expect(answer.field("connection") == nil)
    }
}
