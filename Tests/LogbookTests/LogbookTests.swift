// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Synchronization
import Testing

@testable import Logbook

/// What a logger wrote.
private final class Page: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    func write(_ line: String) { kept.withLock { $0.append(line) } }
}

@Suite struct `The logbook` {
    private let page = Page()

    private func logger(_ style: Logbook.Style) -> Logger {
        Logger(label: "test") { [page] _ in
            Logbook(program: "gateway", level: .info, style: style) { page.write($0) }
        }
    }

    @Test func `writes one JSON object a line, whatever the facts hold`() throws {
        logger(.json).warning(
            "run ejected",
            metadata: ["run": "iris/default/1#2", "why": "a\n\"b\"", "said": "\u{9b}31m\u{202e}"]
        )

        let line = try #require(page.lines.first)
        let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))

        #expect(page.lines.count == 1)
        #expect(line.filter { $0 == "\n" }.count == 1)
        #expect(object["level"] == "warning")
        #expect(object["program"] == "gateway")
        #expect(object["message"] == "run ejected")
        #expect(object["why"] == "a\n\"b\"")
        #expect(object["said"] == "\u{9b}31m\u{202e}")
        #expect(line.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `keeps a fact that bears one of its own names`() throws {
        logger(.json).info("noted", metadata: ["message": "another"])

        let line = try #require(page.lines.first)
        let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))

        #expect(object["message"] == "noted")
        #expect(object["message_"] == "another")
    }

    @Test func `writes words for a terminal, and nothing that it would obey`() {
        let entry = LogEntry(
            time: WallTime(milliseconds: 1_772_357_400_250),
            level: "info",
            program: "node-1",
            message: "spawned",
            facts: [
                LogEntry.Fact(name: "why", value: "two words\u{1b}[2J"),
                LogEntry.Fact(name: "pid", value: "7"),
            ]
        )

        #expect(entry.plain == "09:30:00.250 node-1: spawned pid=7 why='two words\\u{1b}[2J'")
        #expect(
            entry.json == """
                {"time":"2026-03-01T09:30:00.250Z","level":"info","program":"node-1",\
                "message":"spawned","pid":"7","why":"two words\\u001b[2J"}
                """
        )
    }

    @Test func `leaves out what is below its level, and keeps loggers apart`() {
        var first = logger(.plain)
        var second = first
        first[metadataKey: "only"] = "first"
        second.logLevel = .debug

        first.debug("unheard")
        second.debug("heard")
        first.info("said")

        #expect(page.lines.count == 2)
        #expect(page.lines[0].contains("DEBUG gateway: heard"))
        #expect(page.lines[1].contains("gateway: said only=first"))
    }
}
