// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rulebook
import Testing
import Vocabulary

@Suite struct `The memory of a rulebook` {
    @Test func `survives as a snapshot`() throws {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 3)))
        stage.hear(.exited(Stage.run(1, 1), ExitReport(cause: .signalled(9))))

        let snapshot = try JSONEncoder().encode(stage.rulebook)
        var read = try JSONDecoder().decode(Rulebook.self, from: snapshot)

        #expect(read.status == stage.rulebook.status)
        #expect(read.nextDeadline == stage.rulebook.nextDeadline)
        let event = Event.nodeLost(NodeName(number: 1))
        #expect(read.decide(event, at: stage.now) == stage.rulebook.decide(event, at: stage.now))
    }

    @Test func `gives no number of a deleted deployment again`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.play(.withdrawn(Stage.key))
        #expect(stage.deployment == nil)

        let old = stage.play(.declared(Stage.declaration(1)))
        stage.play(.declared(Stage.declaration(2)))

        #expect(old.refusal?.code == "revision")
        #expect(stage.published?.runs == [Stage.run(2, 1)])
    }

    @Test func `keeps what was given up until another is declared or it is withdrawn`() {
        for last in [Event.withdrawn(Stage.key), .declared(Stage.declaration(2))] {
            var stage = Stage()
            stage.hear(.declared(Stage.declaration(1)))
            let problem = Problem(.failed, code: "build", what: "cannot resolve 'sklearn==0.0'")
            let discard = Effect.discard(Stage.key, Revision(number: 1))

            let given = stage.play(.preparationFailed(Stage.key, Revision(number: 1), problem))
            let kept = stage.rulebook.revisionsInUse
            let ended = stage.play(last)

            #expect(!given.effects.contains(discard))
            #expect(kept == [Stage.declaration(1)])
            #expect(ended.effects.contains(discard))
        }
    }

    @Test func `refuses without a trace`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(2)))
        let before = stage.rulebook.status

        let decision = stage.hear(.declared(Stage.declaration(1)))

        #expect(decision.refusal?.kind == .conflict)
        #expect(decision.effects.isEmpty)
        #expect(stage.rulebook.status == before)
    }

    @Test func `tells why an instance is as it is`() throws {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.play(
            .exited(Stage.run(1, 1), ExitReport(cause: .outOfMemory, lastLines: ["loading"]))
        )

        let explanation = try #require(stage.rulebook.explanation(of: Stage.run(1, 1).instance))

        #expect(explanation.state == .serving)
        #expect(explanation.description.contains("run iris/default/1#2 of r1 serves on 'node-1'"))
        #expect(explanation.description.contains("ran out of memory"))
        // What it wrote is in its log, and told where the deployment's status is.
        #expect(!explanation.description.contains("loading"))
    }
}
