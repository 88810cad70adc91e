// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary
import Wire

@testable import Supervisor

@Suite struct `A meter of answers` {
    private let key = InstanceID("iris/default/1").map(\.key)

    private func counters(_ number: Int, _ answers: Int, _ failures: Int) -> RevisionAnswers {
        RevisionAnswers(
            revision: Revision(number: number),
            answers: answers,
            failures: failures
        )
    }

    @Test func `says nothing of what was counted before it was first asked`() throws {
        var meter = AnswerMeter()

        #expect(meter.hear(try #require(key), [counters(1, 1_000, 400)]).isEmpty)
    }

    @Test func `tells what came since it was heard last, of a new revision all of it`() throws {
        var meter = AnswerMeter()
        let key = try #require(key)
        _ = meter.hear(key, [counters(1, 1_000, 400)])

        let events = meter.hear(key, [counters(1, 1_010, 401), counters(2, 5, 2)])

        #expect(
            events == [
                .answered(key, Revision(number: 1), answers: 10, failures: 1),
                .answered(key, Revision(number: 2), answers: 5, failures: 2),
            ]
        )
        #expect(meter.hear(key, [counters(1, 1_010, 401), counters(2, 5, 2)]).isEmpty)
    }

    @Test func `begins anew with another gateway, and with another rollout`() throws {
        var meter = AnswerMeter()
        let key = try #require(key)
        _ = meter.hear(key, [counters(1, 10, 0)])
        meter.forget()
        let first = meter.hear(key, [counters(1, 700, 70)])
        meter.keep(only: [])

        let second = meter.hear(key, [counters(1, 900, 70)])

        #expect(first.isEmpty && second.isEmpty)
    }
}
