// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Processes

@Suite struct `A scorer's log` {
    @Test func `holds whole lines without what a terminal would obey`() {
        var text = LogText()

        var bytes = text.take(Array("one\ntwo \u{1b}[31mred\0".utf8)[...])
        bytes += text.take([0xff, UInt8(ascii: "\r"), UInt8(ascii: "\n")])
        bytes += text.take(Array("unfinished".utf8)[...])
        bytes += text.finish()

        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines == ["one", "two \\u{1b}[31mred\\u{0}\u{fffd}", "unfinished"])
    }

    @Test func `has the time before each line, and not in the report of the end`() {
        var text = LogText()
        text.stamp = LogStamp(timespec(tv_sec: 1_772_357_400, tv_nsec: 250_999_999)).bytes

        var bytes = text.heading("scorekeeper: run 2 begins")
        bytes += text.take(Array("one\ntw".utf8)[...])
        bytes += text.note("[told]")

        let time = "2026-03-01T09:30:00.250Z"
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(
            lines == [
                "\(time) scorekeeper: run 2 begins", "\(time) one", "\(time) tw",
                "\(time) [told]",
            ]
        )
        #expect(text.lastLines == ["one", "tw", "[told]"])
    }

    @Test func `says where a run begins`() throws {
        let node = try TestNode()

        _ = try node.result(of: "print('hello')")

        let log = try String(contentsOfFile: "\(node.folder)/scorer.log", encoding: .utf8)
        let lines = log.split(separator: "\n").map { $0.dropFirst(25) }
        #expect(lines.first?.hasPrefix("scorekeeper: run ") == true)
        #expect(lines.first?.hasSuffix(" begins") == true)
        #expect(lines.last == "hello")
    }

    @Test func `cuts a line of ten megabytes and says by how much`() {
        var text = LogText()

        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20) + [10]

        let bytes = text.take(line[...])

        #expect(bytes.count < LogText.longestLine + 64)
        let cut = (10 << 20) - LogText.longestLine
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("x [\(cut) more bytes]\n"))
    }

    @Test func `keeps the last forty lines for the report`() throws {
        let node = try TestNode()

        let report = try node.result(of: "for i in range(100): print('line', i)")

        #expect(report.lastLines.count == 40)
        #expect(report.lastLines.first == "line 60")
        #expect(report.lastLines.last == "line 99")
    }

    @Test func `stays small under a flood, and the scorer goes on`() throws {
        let node = try TestNode()

        let report = try node.result(
            of: """
                import sys
                for _ in range(64): sys.stdout.write(('y' * 99 + '\\n') * 10486)
                print('the end')
                """
        )

        #expect(report.cause == .exited(status: 0))
        #expect(report.lastLines.last == "the end")
        var bytes = 0
        for name in ["scorer.log", "scorer.log.1"] {
            let path = "\(node.folder)/\(name)"
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
            bytes += size ?? 0
        }
        #expect(bytes > 0)
        #expect(bytes <= 2 * LogCapture.segmentBytes)
        let text = try String(contentsOfFile: "\(node.folder)/scorer.log", encoding: .utf8)
        #expect(text.contains("bytes came too fast and were dropped]"))
    }

    @Test func `goes on in a new file where its file was removed`() throws {
        let folder = try Workshop.makeFolder("removed-log")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/1.log"
        let pipe = try Pair.log()
        let log = LogCapture(pipe: pipe.near, path: path)
        let instance = try #require(InstanceID("iris/default/1"))

        log.begin(Run(instance: instance, incarnation: 1))
        try FileManager.default.removeItem(atPath: path)
        log.add("told later")

        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("Z told later\n"))
        withExtendedLifetime(pipe) {}
    }

    @Test func `is kept for the newest instances of a deployment`() throws {
        let folder = try Workshop.makeFolder("many-logs")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["2.log", "2.log.1", "9.log", "10.log", "11.log", "notes.txt"] {
            try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }

        LogFolder.prune(folder, keeping: 2)

        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == ["10.log", "11.log", "notes.txt"])
    }

    @Test func `gives so much at once and so much again with time`() {
        var allowance = Allowance(perSecond: 100, burst: 300)
        let start = Moment.zero

        #expect(allowance.take(500, now: start) == 300)
        #expect(allowance.take(500, now: start) == 0)
        #expect(allowance.take(500, now: start + .seconds(1)) == 100)
        #expect(allowance.take(50, now: start + .seconds(99)) == 50)
        #expect(allowance.take(500, now: start + .seconds(99)) == 250)
    }
}
