// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite struct `A report of a rollout` {
    private let now = Date(timeIntervalSince1970: 1_000)

    private func status(_ comparison: RolloutComparisonStatus?) throws -> RolloutStatus {
        let key = try #require(DeploymentKey("iris/default"))
        var status = RolloutStatus(key: key, state: .halted, sentence: "r2 was given up")
        status.from = Revision(number: 1)
        status.to = Revision(number: 2)
        status.wanted = 2
        status.waves = 2
        status.since = now - 60
        status.comparison = comparison
        status.why = comparison?.sentence
        return status
    }

    @Test func `tells what two revisions' answers differ in`() throws {
        var comparison = RolloutComparisonStatus(
            state: .different,
            sentence: "12 of 64 answers of r2 differ from those of r1",
            isRequired: true,
            tolerance: 0.001
        )
        comparison.requests = 66
        comparison.equal = 52
        comparison.different = 11
        comparison.unanswered = 1
        comparison.failed = 2
        comparison.uncompared = 1
        comparison.isCutShort = true
        comparison.outputs = [
            .init(
                path: "predictions[]",
                compared: 63,
                different: 11,
                largestDifference: 0.30999999,
                appeared: 0,
                went: 0
            ),
            .init(
                path: "tax",
                compared: 0,
                different: 0,
                largestDifference: nil,
                appeared: 63,
                went: 0
            ),
        ]
        comparison.statuses = [.init(old: 200, new: 500, count: 1)]
        comparison.p50 = .init(old: 900, new: 12_345)

        let text = RolloutReport(try status(comparison), at: now).text

        try expect(text + "\n", matchesFixture: "compared-rollout.txt")
    }

    @Test func `says in words that it goes back`() throws {
        var back = try status(nil)
        back.state = .goingBack

        let text = RolloutReport(back, at: now).text

        #expect(text.contains("from r1 to r2: going back, begun 1 min ago"))
    }

    @Test func `says nothing of answers where none are compared`() throws {
        let text = RolloutReport(try status(nil), at: now).text

        #expect(!text.contains("answers:"))
    }
}
