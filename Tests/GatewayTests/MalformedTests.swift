// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary

@testable import Gateway

/// One thing that is not HTTP, and what must be answered to it.
struct Malformed: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: String
    let statuses: Set<Int>

    init(_ name: String, _ bytes: String, _ statuses: Set<Int> = [400]) {
        self.name = name
        self.bytes = bytes
        self.statuses = statuses
    }

    var testDescription: String { name }

    private static let line = "POST /endpoints/iris/score HTTP/1.1\r\nHost: x\r\n"
    private static let chunked = line + "Transfer-Encoding: chunked\r\n\r\n"

    /// Written from RFC 9112 and RFC 9110; the classes that request smuggling lives on.
    static let all: [Malformed] = [
        Malformed(
            "length and chunked",
            line + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Malformed(
            "chunked and length",
            line + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
        ),
        Malformed("a host with a path", "GET /ping HTTP/1.1\r\nHost: iris.x/y\r\n\r\n"),
        Malformed("a host with a user", "GET /ping HTTP/1.1\r\nHost: me@iris.x\r\n\r\n"),
        Malformed("a host with a space", "GET /ping HTTP/1.1\r\nHost: iris.x y\r\n\r\n"),
        Malformed("two lengths", line + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"),
        Malformed("two equal lengths", line + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"),
        Malformed("a list of lengths", line + "Content-Length: 4, 4\r\n\r\nabcd"),
        Malformed("a signed length", line + "Content-Length: +4\r\n\r\nabcd"),
        Malformed("a negative length", line + "Content-Length: -1\r\n\r\nabcd"),
        Malformed("a hexadecimal length", line + "Content-Length: 0x4\r\n\r\nabcd"),
        Malformed("a length beyond 64 bits", line + "Content-Length: 99999999999999999999\r\n\r\n"),
        Malformed("an empty length", line + "Content-Length:\r\n\r\nabcd"),
        Malformed(
            "chunked, identity",
            line + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"
        ),
        Malformed("identity", line + "Transfer-Encoding: identity\r\n\r\n"),
        Malformed("gzip, chunked", line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Malformed("xchunked", line + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Malformed(
            "chunked twice",
            line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Malformed("space before the colon", line + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        Malformed("a folded line", line + "X-A: b\r\n c\r\n\r\n"),
        Malformed("a folded line by tab", line + "X-A: b\r\n\tc\r\n\r\n"),
        Malformed("a folded first line", "POST /endpoints/iris/score HTTP/1.1\r\n X: y\r\n\r\n"),
        Malformed("a lone CR in a value", line + "X-A: b\rc\r\n\r\n"),
        Malformed("a lone CR as line end", "GET / HTTP/1.1\rHost: x\r\r"),
        Malformed("NUL in a value", line + "X-A: b\u{0}c\r\n\r\n"),
        Malformed("NUL in a name", line + "X\u{0}A: b\r\n\r\n"),
        Malformed("a control byte in a value", line + "X-A: b\u{1}c\r\n\r\n"),
        Malformed("DEL in a value", line + "X-A: b\u{7f}c\r\n\r\n"),
        Malformed("an empty name", line + ": b\r\n\r\n"),
        Malformed("a name with a space", line + "X A: b\r\n\r\n"),
        Malformed("a name in brackets", line + "X(A): b\r\n\r\n"),
        Malformed("a line without a colon", line + "nothing\r\n\r\n"),
        Malformed("a signed chunk size", chunked + "+1\r\nx\r\n0\r\n\r\n"),
        Malformed("a negative chunk size", chunked + "-1\r\nx\r\n0\r\n\r\n"),
        Malformed("a prefixed chunk size", chunked + "0x1\r\nx\r\n0\r\n\r\n"),
        Malformed("an empty chunk size", chunked + "\r\nx\r\n0\r\n\r\n"),
        Malformed(
            "a chunk size beyond 64 bits",
            chunked + "fffffffffffffffff\r\nx\r\n0\r\n\r\n"
        ),
        Malformed(
            "a chunk longer than it says",
            chunked + "1\r\nxyz\r\n0\r\n\r\n"
        ),
        Malformed(
            "a chunk size with a lone LF",
            chunked + "1\nx\r\n0\r\n\r\n"
        ),
        Malformed(
            "a space before a chunk size",
            chunked + " 1\r\nx\r\n0\r\n\r\n"
        ),
        Malformed(
            "a length as a trailer",
            chunked + "1\r\nx\r\n0\r\nContent-Length: 4\r\n\r\n"
        ),
        Malformed(
            "a host as a trailer",
            chunked + "1\r\nx\r\n0\r\nHost: y\r\n\r\n"
        ),
        Malformed("an absolute target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("an authority target", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("an asterisk target", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("a space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("a high byte in the target", "GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("no host", "GET /endpoints/iris/score HTTP/1.1\r\n\r\n"),
        Malformed("two hosts", line + "Host: y\r\n\r\n"),
        Malformed(
            "chunked in HTTP/1.0",
            "POST /endpoints/iris/score HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Malformed("another version", "GET / HTTP/1.9\r\nHost: x\r\n\r\n", [400, 505]),
        Malformed("HTTP/2 in clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
        Malformed("a version in small letters", "GET / http/1.1\r\nHost: x\r\n\r\n"),
        Malformed("no version", "GET /\r\n\r\n", [400, 505]),
        Malformed("an unknown method", "gEt / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Malformed("not HTTP at all", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n"),
        Malformed(
            "two content types",
            line + "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 1\r\n\r\nx"
        ),
        Malformed("an expectation", line + "Content-Length: 1\r\nExpect: miracles\r\n\r\nx", [417]),
        Malformed(
            "a field of 8 KiB and one",
            line + "X-A: " + String(repeating: "a", count: 8_192) + "\r\n\r\n",
            [431]
        ),
        Malformed(
            "an endless field",
            line + "X-A: " + String(repeating: "a", count: 200_000),
            [431]
        ),
        Malformed(
            "101 fields",
            line + (0..<100).map { "X-\($0): a\r\n" }.joined() + "\r\n",
            [431]
        ),
        Malformed(
            "a line of 8 KiB and one",
            "GET /" + String(repeating: "a", count: 8_192) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            [414]
        ),
        Malformed(
            "an endless line",
            "GET /" + String(repeating: "a", count: 200_000),
            [414]
        ),
    ]
}

@Suite(.serialized) struct `What is not HTTP` {
    @Test(arguments: Malformed.all)
    func `is refused, hung up on, and reaches no scorer`(input: Malformed) throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.send(input.bytes)
        let answer = try client.answer()

        #expect(input.statuses.contains(answer.status), "\(answer.status): \(answer.text)")
        #expect(try client.isClosed())
        #expect(scorer.begun == 0)
    }

    @Test func `does not spoil the answer to the request before it`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.post("/endpoints/iris/score", "good")
        client.send("POST /endpoints/iris/score HTTP/1.1\r\nHost : x\r\n\r\n")

        #expect(try client.answer().text == "good")
        #expect(try client.answer().status == 400)
        #expect(try client.isClosed())
        #expect(scorer.begun == 1)
    }

    @Test func `is never scored when its end is missing`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let halves = [
            "Content-Length: 9\r\n\r\nabc",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ]
        for half in halves {
            let client = try gateway.connect()
            client.send("POST /endpoints/iris/score HTTP/1.1\r\nHost: x\r\n" + half)
            while try gateway.statistics()?.waiting != 1 { sched_yield() }
            client.hangUp()
            while try gateway.statistics()?.waiting != 0 { sched_yield() }
        }

        #expect(scorer.begun == 0)
    }
}
