// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite struct `The reader of requests` {
    @Test func `has what it is tried with`() {
        #expect(WireText.all.count > 150)
    }

    @Test(arguments: WireText.all)
    func `reads what is HTTP and refuses the rest`(text: WireText) {
        let reading = Reading(of: [text.bytes[...]])

        #expect(reading.fault?.status == text.status, "\(reading)")
        if text.status == nil {
            let isWhole = reading.requests.last?.isWhole ?? false
            #expect(isWhole == (text.folder == "whole"))
        }
    }

    @Test(arguments: WireText.all)
    func `reads the same however it is cut`(text: WireText) {
        let bytes = text.bytes
        let whole = Reading(of: [bytes[...]])
        var random = SplitMix64(seed: 39)

        #expect(Reading(of: bytes.indices.map { bytes[$0...$0] }) == whole, "byte by byte")
        for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 512)) {
            #expect(Reading(of: [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
        for _ in 0..<20 {
            var pieces: [ArraySlice<UInt8>] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 1 + Int(random.next() % 40))
                pieces.append(bytes[start..<end])
                start = end
            }
            #expect(Reading(of: pieces) == whole, "in \(pieces.count) pieces")
        }
    }

    @Test(arguments: WireText.all.filter { $0.folder == "whole" })
    func `reads what it accepts as another reader does`(text: WireText) throws {
        let ours = Reading(of: [text.bytes[...]])

        let theirs = Reading.byPeer(text.bytes)

        // It knows fewer methods.
        if let theirs { #expect(ours == theirs) }
    }

    @Test(arguments: WireText.all.filter { $0.folder != "unfinished" && $0.bytes.count < 1_024 })
    func `reads nothing in two ways, wherever a byte is changed`(text: WireText) {
        let strange = Array("\r\n\t :;,\0\u{7f}0+-#/GaZ\"".utf8) + [0x80, 0xff]
        var random = SplitMix64(seed: UInt64(text.bytes.count))
        var accepted = 0

        for _ in 0..<150 {
            var bytes = text.bytes
            for _ in 0...random.next() % 2 {
                let place = Int(random.next() % UInt64(bytes.count))
                let byte = strange[Int(random.next() % UInt64(strange.count))]
                switch random.next() % 3 {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            let ours = Reading(of: [bytes[...]])
            guard ours.fault == nil, let theirs = Reading.byPeer(bytes) else { continue }
            accepted += 1
            #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }

        #expect(accepted > 0 || text.status != nil)
    }

    @Test func `keeps a head's fields and what of them is for scorers`() throws {
        var codec = RequestCodec()
        codec.add(
            ByteBuffer(
                string: "POST /score?a=b HTTP/1.1\r\nHOST: iris.x\r\nCookie: a\r\nX-One: 1\r\n"
                    + "content-TYPE:\ttext/csv ; q=1 \r\nAccept: */*\r\ntraceparent: 00-1\r\n"
                    + "X-Request-ID: r1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"
            )
        )
        guard case .head(let head) = try codec.next() else {
            Issue.record("no head was read")
            return
        }
        var others: [String] = []
        head.forEachOther { name, value in
            others.append(String(decoding: name, as: UTF8.self))
            others.append(String(decoding: value, as: UTF8.self))
        }

        let (method, framing, hasDeployment) = (head.method, head.framing, head.has(.deployment))
        let flags = [head.isKeptAlive, head.expectsContinue, head.isVersion10]
        #expect(method == .post)
        #expect(head.text(.target) == "/score?a=b")
        #expect(head.text(.host) == "iris.x")
        #expect(head.text(.contentType) == "text/csv ; q=1")
        #expect(head.text(.accept) == "*/*")
        #expect(head.text(.requestIdentifier) == "r1")
        #expect(!hasDeployment)
        #expect(framing == .length(3))
        #expect(flags == [true, true, false])
        #expect(others == ["X-One", "1", "traceparent", "00-1"])
    }

    @Test func `keeps a connection where both want it`() throws {
        let lines: [(String, Bool)] = [
            ("HTTP/1.1\r\nHost: x\r\n", true),
            ("HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", false),
            ("HTTP/1.1\r\nHost: x\r\nConnection: a,\tCLOSE ,b\r\n", false),
            ("HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n", true),
            ("HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n", false),
            ("HTTP/1.0\r\n", false),
            ("HTTP/1.0\r\nConnection: keep-alive\r\n", true),
            ("HTTP/1.0\r\nConnection: keep-alive, close\r\n", false),
        ]
        for (line, isKept) in lines {
            var codec = RequestCodec()
            codec.add(ByteBuffer(string: "GET / \(line)\r\n"))
            guard case .head(let head) = try codec.next() else {
                Issue.record("no head in \(line)")
                continue
            }
            let keeps = head.isKeptAlive
            #expect(keeps == isKept, "\(line)")
        }
    }

    @Test func `holds no bytes once it has read them`() throws {
        var codec = RequestCodec()
        codec.add(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))

        while try codec.next() != nil {}

        let isEmpty = codec.isEmpty
        #expect(isEmpty)
    }
}
