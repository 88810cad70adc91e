// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Rulebook
@testable import Supervisor

@Suite struct `The journal` {
    private let run: Run

    init() throws {
        let instance = try #require(InstanceID("iris/blue/1"))
        run = Run(instance: instance, incarnation: 1)
    }

    private func decision(_ event: Event, _ effects: [Effect]) -> Decision {
        Decision(
            moment: .zero,
            event: event,
            turns: [],
            steps: effects.map { Decision.Step(effect: $0, reason: "its time has come") },
            refusal: nil
        )
    }

    private func rows(_ decision: Decision) -> [String] {
        JournalText.entries(for: decision, decidedAt: Date(timeIntervalSince1970: 0)).map(\.event)
    }

    @Test func `does not keep that a scorer was asked how it is`() {
        let ask = Effect.probe(run, .liveness, timeout: .seconds(1))

        #expect(rows(decision(.tick, [ask])).isEmpty)
        #expect(rows(decision(.tick, [ask, .notice("something else")])) == ["a deadline came"])
    }

    @Test func `keeps what came of the answer`() {
        let end = Effect.closeLane(run)

        let kept = rows(decision(.probed(run, .liveness, succeeded: false), [end]))

        #expect(kept == ["iris/blue/1#1 did not answer its liveness probe"])
    }
}
