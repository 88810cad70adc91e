// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing
import Vocabulary

@testable import Gateway

@Suite struct `A client's pace` {
    private let start = Moment(nanoseconds: 1_000_000_000)

    private func idle(_ pace: inout ConnectionPace, at second: Int64) -> ConnectionPace.Verdict {
        pace.judge(at: start + .seconds(second), isReadingBody: false, isOurTurn: false)
    }

    @Test func `allows ten seconds for a head, from its first byte`() {
        var pace = ConnectionPace(at: start)
        pace.touch(at: start + .seconds(5))
        pace.touch(at: start + .seconds(14))

        let early = pace.judge(at: start + .seconds(15), isReadingBody: false, isOurTurn: false)
        let late = pace.judge(at: start + .seconds(16), isReadingBody: false, isOurTurn: false)

        #expect(early == .well)
        #expect(late == .slowHead)
    }

    @Test func `ends a connection that never says anything after ten seconds`() {
        var pace = ConnectionPace(at: start)

        #expect(idle(&pace, at: 10) == .well)
        #expect(idle(&pace, at: 11) == .silent)
    }

    @Test func `lets a connection that was served idle for seventy-five`() {
        var pace = ConnectionPace(at: start)
        pace.endRequest(at: start)

        #expect(idle(&pace, at: 75) == .well)
        #expect(idle(&pace, at: 76) == .silent)
    }

    @Test func `never counts the time in which the client waits for us`() {
        var pace = ConnectionPace(at: start)
        pace.endRequest(at: start)

        _ = pace.judge(at: start + .seconds(300), isReadingBody: false, isOurTurn: true)

        #expect(idle(&pace, at: 301) == .well)
    }

    @Test func `ends a body of one byte a second, and not one of a kilobyte a second`() {
        var drops = ConnectionPace(at: start)
        var stream = ConnectionPace(at: start)
        drops.beginBody(at: start)
        stream.beginBody(at: start)
        var verdicts: [ConnectionPace.Verdict] = []

        for second in 1...20 {
            let now = start + .seconds(Int64(second))
            drops.count(1)
            stream.count(1_024)
            verdicts.append(drops.judge(at: now, isReadingBody: true, isOurTurn: false))
            #expect(stream.judge(at: now, isReadingBody: true, isOurTurn: false) == .well)
        }

        #expect(verdicts.firstIndex(of: .slowBody) == 10)
    }

    @Test func `ends a body that came fast and then stops`() {
        var pace = ConnectionPace(at: start)
        pace.beginBody(at: start)
        pace.count(16 << 20)

        let verdicts = (1...30).map { second in
            pace.judge(at: start + .seconds(second), isReadingBody: true, isOurTurn: false)
        }

        #expect(verdicts.firstIndex(of: .slowBody) == 21)
    }
}

@Suite struct `An answer's head` {
    private func lines(_ text: String) -> String? {
        var buffer = ByteBuffer()
        let isLegal = Array(text.utf8).withUnsafeBytes {
            AnswerHead.writeScorerLines($0, to: &buffer)
        }
        return isLegal ? String(buffer: buffer) : nil
    }

    @Test func `keeps a scorer's fields, with or without a last line end`() {
        #expect(lines("a: b\nC-d:e\n") == "a: b\r\nC-d:e\r\n")
        #expect(lines("a: b") == "a: b\r\n")
        #expect(lines("") == "")
    }

    @Test func `leaves out what is not the scorer's to say`() {
        #expect(lines("Transfer-Encoding: chunked\nx: y\nconnection: close\n") == "x: y\r\n")
        #expect(lines("X-Request-Id: forged\n") == "")
        #expect(lines("azureml-model-deployment: other\n") == "")
        #expect(lines("ms-azureml-model-error-statuscode: 200\n") == "")
        #expect(lines("ms-azureml-model-error-reason: none\n") == "")
        #expect(lines("x-ms-client-request-id: forged\n") == "")
    }

    @Test(arguments: [
        "a: b\r\n", "a: \u{0}\n", "a b: c\n", ": c\n", "novalue\n", "\n", "a: b\n\nc: d\n",
        "a: \u{7f}\n", String(repeating: "a: b\n", count: 65),
    ])
    func `is refused where it is not HTTP`(text: String) {
        #expect(lines(text) == nil)
    }

    @Test(arguments: [0, 7, 10, 4_096, Int.max])
    func `writes numbers as they are`(number: Int) {
        var buffer = ByteBuffer()

        AnswerHead.writeDecimal(number, to: &buffer)

        #expect(String(buffer: buffer) == "\(number)")
    }
}

@Suite struct `A request's identifier` {
    private func text(_ identifier: RequestIdentifier) -> String {
        var text = ""
        identifier.withBytes { text = String(decoding: $0, as: UTF8.self) }
        return text
    }

    private func client(_ text: String) -> RequestIdentifier? {
        Array(text.utf8).withUnsafeBytes { RequestIdentifier(client: $0) }
    }

    @Test func `never comes twice`() {
        var identifiers = RequestIdentifiers(seed: 1)

        let made = (0..<10_000).map { _ in text(identifiers.make()) }

        #expect(Set(made).count == made.count)
        #expect(made.allSatisfy { $0.utf8.count == 32 })
    }

    @Test func `is written in hexadecimal digits`() {
        let made = RequestIdentifier.made(high: 0x0123_4567_89ab_cdef, low: 0xf000_0000_0000_00a9)

        #expect(text(made) == "0123456789abcdeff0000000000000a9")
        #expect(text(.none) == "")
    }

    @Test func `of a client's is kept only where it is harmless`() {
        #expect(client("trace-1/2").map(text) == "trace-1/2")
        #expect(client("") == nil)
        #expect(client("a b") == nil)
        #expect(client("a\"b") == nil)
        #expect(client(String(repeating: "a", count: 101)) == nil)
    }
}

@Suite struct `Counters` {
    @Test func `put each latency into the first bucket that holds it`() {
        var counters = AnswerCounters()
        let start = Moment.zero

        counters.count(status: 200, since: start, at: start + .microseconds(100))
        counters.count(status: 200, since: start, at: start + .microseconds(101))
        counters.count(status: 504, since: start, at: start + .seconds(100))

        #expect(counters.answers == [200: 2, 504: 1])
        #expect(counters.latencies[0] == 1)
        #expect(counters.latencies[1] == 1)
        #expect(counters.latencies.last == 1)
        #expect(counters.latencySum == 100_000_201)
    }
}
