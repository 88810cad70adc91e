// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Client
import ControlAPI
import TestSupport
import Testing
import Vocabulary
import Wire

@Suite struct `A report of a comparison` {
    private func key(_ text: String) throws -> DeploymentKey { try #require(DeploymentKey(text)) }

    private func answer(_ status: Int, _ body: String?, _ microseconds: UInt64) -> ComparedAnswer {
        ComparedAnswer(
            status: status,
            body: body.map { Array($0.utf8) },
            microseconds: microseconds
        )
    }

    private func asked(percent: Int, tolerance: Double = 0) throws -> DeploymentComparison {
        let live = try key("iris/blue")
        let mirrored = try #require(DeploymentName("green"))
        return DeploymentComparison(
            live: live,
            mirrored: mirrored,
            mirrorPercent: percent,
            tolerance: tolerance
        )
    }

    @Test func `tells what is equal, outputs, statuses, both latencies and lost copies`() throws {
        let pairs = [
            (answer(200, #"{"p": [1, 2], "was": 1}"#, 400), answer(200, #"{"p": [1, 2.5]}"#, 900)),
            (answer(200, #"{"p": [1, 2]}"#, 500), answer(200, #"{"p": [1, 2]}"#, 90_000)),
            (answer(200, #"{"p": [0]}"#, 1_500), answer(422, #"{"p": [0], "new": 1}"#, 700)),
            (answer(200, nil, 1_600), answer(200, nil, 800)),
        ]
        var tally = AnswerTally()
        for (live, mirrored) in pairs {
            tally.add(AnswerDifference(live, mirrored, tolerance: 0.001))
        }
        let pair = MirrorTally.Pair(
            live: try key("iris/blue"),
            liveRevision: Revision(number: 3),
            mirrored: try key("iris/green"),
            mirroredRevision: Revision(number: 1)
        )
        let mirror = MirrorStatistics(
            copied: 6,
            answers: [200: 3, 422: 1],
            latencyCounts: [],
            latencySum: 0,
            unanswered: 2,
            shed: ["full": 4],
            waiting: 0,
            bound: 0
        )

        let found = try asked(percent: 10, tolerance: 0.001)
            .counting(MirrorTally(pair: pair, tally: tally), mirror)

        #expect(found.compared == 3)
        #expect(found.uncompared == 1)
        #expect(found.outputs.map(\.path) == ["new", "p[]", "was"])
        try expect(ComparisonReport(found).text + "\n", matchesFixture: "comparison.txt")
    }

    @Test func `claims nothing where nothing was compared yet`() throws {
        let text = ComparisonReport(try asked(percent: 50)).text

        #expect(
            text == """
                blue answers callers; green gets copies of 50% of the requests

                no answers were compared yet
                """
        )
    }

    @Test func `says so where no copies are made any more`() throws {
        let text = ComparisonReport(try asked(percent: 0)).text

        #expect(text.contains("green gets no copies any more"))
    }
}
