// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A death` {
    private func serving() -> Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        return stage
    }

    private let killed = ExitReport(cause: .signalled(9))

    @Test func `of a run that served is answered in the same decision`() {
        var stage = serving()

        let decision = stage.hear(.exited(Stage.run(1, 1), killed))

        #expect(
            decision.effects.contains(
                .spawn(Stage.run(1, 2), on: Stage.node, revision: Revision(number: 1))
            )
        )
        #expect(decision.effects.contains(.closeLane(Stage.run(1, 1))))
    }

    @Test func `row 10: that follows soon after waits, twice as long each time, to 30 s`() {
        var stage = serving()
        var waits: [Int64] = []

        for incarnation in 1...12 {
            let before = stage.now
            stage.hear(.exited(Stage.run(1, incarnation), killed))
            if let next = stage.rulebook.nextDeadline, next < before + .seconds(60) {
                waits.append((next - before).wholeMilliseconds)
                stage.now = next
                stage.hear(.tick)
            }
            stage.hear(.spawned(Stage.run(1, incarnation + 1), pid: 8))
            stage.hear(.ready(Stage.run(1, incarnation + 1)))
        }

        #expect(
            waits == [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]
        )
    }

    @Test func `after a minute of health counts as the first again`() {
        var stage = serving()
        stage.play(.exited(Stage.run(1, 1), killed))
        stage.pass(.seconds(61))

        let decision = stage.hear(.exited(Stage.run(1, 2), killed))

        #expect(decision.effects.contains { $0.run == Stage.run(1, 3) })
    }

    @Test func `of an earlier incarnation changes nothing`() {
        var stage = serving()
        stage.play(.exited(Stage.run(1, 1), killed))
        let before = stage.rulebook.status

        let decision = stage.hear(.exited(Stage.run(1, 1), killed))

        #expect(decision.isEmpty)
        #expect(stage.rulebook.status == before)
    }

    @Test func `row 9: five times before it was ready fails the deployment with its last words`() {
        var stage = Stage()
        stage.silent = [Revision(number: 1)]
        stage.play(.declared(Stage.declaration(1)))

        for incarnation in 1...5 {
            stage.hear(.startFailed(Stage.run(1, incarnation), "no module named 'sklearn'"))
            stage.play(.exited(Stage.run(1, incarnation), ExitReport(cause: .exited(status: 3))))
            stage.pass(.seconds(2))
        }

        #expect(stage.deployment?.state == .failed)
        #expect(stage.deployment?.problem?.what.contains("no module named 'sklearn'") == true)
        guard case .failed(let sentence) = stage.published?.availability else {
            Issue.record("the gateway was not told: \(String(describing: stage.published))")
            return
        }
        #expect(sentence.contains("no module named 'sklearn'"))
    }

    @Test func `of the scorer is told apart from a lane that the gateway threw away`() {
        var stage = serving()

        let thrown = stage.hear(.ejected(Stage.run(1, 1), "it wrote where it may not"))
        let gone = stage.hear(.exited(Stage.run(1, 1), killed))

        #expect(thrown.effects.contains(.end(Stage.run(1, 1), on: Stage.node)))
        #expect(gone.effects.contains { $0.run == Stage.run(1, 2) })
        let id = Stage.run(1, 1).instance
        #expect(gone.sentences(about: id).contains { $0.contains("it wrote where it may not") })
    }

    @Test func `of a scorer that closed its socket is told as its end alone`() {
        var stage = serving()

        stage.hear(.ejected(Stage.run(1, 1), LaneEnd.scorerWent))
        let gone = stage.hear(.exited(Stage.run(1, 1), killed))

        let told = gone.sentences(about: Stage.run(1, 1).instance).joined(separator: "\n")
        #expect(told.contains("run \(Stage.run(1, 1)) was ended by signal 9 (SIGKILL)"))
        #expect(!told.contains("socket"))
        #expect(!told.contains("then it"))
    }
}
