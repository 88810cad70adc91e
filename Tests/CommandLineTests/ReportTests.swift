// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite struct `A report` {
    @Test func `of the whole server reads at a glance`() throws {
        let report = StatusReport(try BusyServer.status(), now: BusyServer.now)

        try expect(report.overview + "\n", matchesFixture: "overview.txt")
    }

    @Test func `of one endpoint shows its instances`() throws {
        let report = StatusReport.detail(try BusyServer.iris(), now: BusyServer.now)

        try expect(report + "\n", matchesFixture: "iris.txt")
    }

    @Test func `fits a terminal of 80 columns`() throws {
        let status = try BusyServer.status()
        let details = status.endpoints.map { StatusReport.detail($0, now: BusyServer.now) }
        let texts = [StatusReport(status, now: BusyServer.now).overview] + details

        for line in texts.joined(separator: "\n").split(separator: "\n") {
            #expect(line.count <= 80, "'\(line)'")
        }
    }

    @Test func `holds nothing that a terminal would obey`() throws {
        let status = try BusyServer.status()
        let detail = StatusReport.detail(status.endpoints[0], now: BusyServer.now)

        #expect(detail.contains("lightgbm'\\u{1b}[31m"))
        #expect(!detail.contains("\u{1b}"))
    }

    @Test func `of an empty server says what to do next`() throws {
        var status = try BusyServer.status()
        status.endpoints = []

        let report = StatusReport(status, now: BusyServer.now).overview

        #expect(report.contains("scorekeeper deploy MODEL"))
    }

    @Test func `of an instance tells its story in order`() throws {
        let key = DeploymentKey(endpoint: try BusyServer.name("iris"), deployment: .dropped)
        let explanation = Explanation(
            instance: InstanceID(key: key, ordinal: 1),
            state: .serving,
            sentence: "run 2 said it is ready",
            entries: [
                Explanation.Entry(
                    time: BusyServer.now,
                    event: "the scorer of run 1 was ended by signal 9",
                    reason: "1 is wanted and none serves",
                    effects: ["publish iris without run 1", "spawn run 2 on node-1"]
                ),
                Explanation.Entry(
                    time: BusyServer.now + 0.25,
                    event: "run 2 said it is ready",
                    reason: "",
                    effects: ["publish iris with run 2"]
                ),
            ]
        )
        let zone = try #require(TimeZone(secondsFromGMT: 3_600))

        let report = ExplanationReport(explanation, zone: zone).text

        try expect(report + "\n", matchesFixture: "explanation.txt")
    }
}

@Suite struct `A table` {
    @Test func `aligns words to the left and numbers to the right`() {
        var table = Table([.words("NAME"), .number("COUNT"), .words("STATE")])
        table.add(["iris", "7", "serving"])
        table.add(["a-longer-name", "18204", ""])

        #expect(
            table.lines == [
                "NAME           COUNT  STATE", "iris               7  serving",
                "a-longer-name  18204  -",
            ]
        )
    }
}

@Suite struct `A span of time` {
    @Test(arguments: [
        (0.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_600, "1 h"), (7_500, "2 h 5 min"),
        (86_400, "1 d"), (100_800, "1 d 4 h"), (-5, "0 s"),
    ])
    func `is told in two units at most`(seconds: Double, words: String) {
        let start = BusyServer.now

        #expect(Wording.span(from: start, to: start + seconds) == words)
    }
}
