// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A rollout` {
    @Test func `starts ceil of a fifth new instances, and no more, before one of them serves`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 6)))
        stage.silent = [Revision(number: 2)]

        stage.play(.declared(Stage.declaration(2, instances: 6)))

        let fresh = stage.deployment?.instances.filter { $0.revision.number == 2 }
        #expect(fresh?.count == 2)
        #expect(stage.deployment?.serving == 6)
    }

    @Test func `has time for its starts while as many serve as are wanted, a recovery none`()
        throws
    {
        var stage = Stage()
        stage.silent = [Revision(number: 1)]
        stage.play(.declared(Stage.declaration(1, instances: 5)))
        let first = try #require(stage.deployment?.instances.first?.run)
        let isFirstPatient = stage.rulebook.mayWait(first)
        stage.silent = []
        for run in stage.deployment?.instances.compactMap(\.run) ?? [] { stage.play(.ready(run)) }
        stage.silent = [Revision(number: 1), Revision(number: 2)]

        stage.play(.declared(Stage.declaration(2, instances: 5)))
        let new = try #require(stage.deployment?.instances.last?.run)
        #expect(stage.rulebook.node(of: new) == Stage.node)
        let isNewPatient = stage.rulebook.mayWait(new)
        stage.play(.exited(first, ExitReport(cause: .signalled(9))))
        let again = try #require(stage.deployment?.instances.first?.run)

        #expect(isFirstPatient)
        #expect(isNewPatient)
        #expect(again != first)
        #expect(!stage.rulebook.mayWait(again))
    }

    @Test func `never drains an old instance until a new one serves`() throws {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 5)))
        stage.silent = [Revision(number: 2)]
        stage.play(.declared(Stage.declaration(2, instances: 5)))
        let new = try #require(stage.deployment?.instances.last?.run)

        let decision = stage.hear(.ready(new))

        let drained = decision.effects.count { if case .drain = $0 { true } else { false } }
        #expect(drained == 1)
        #expect(stage.published?.runs.count == 5)
    }

    @Test func `ends with the new revision alone and keeps the old one's files for an undo`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 5)))

        stage.play(.declared(Stage.declaration(2, instances: 5)))

        #expect(stage.deployment?.current == Revision(number: 2))
        #expect(stage.deployment?.instances.count == 5)
        #expect(!stage.effects.contains(.discard(Stage.key, Revision(number: 1))))
    }

    @Test func `keeps the old one's files while a process nobody knows may still read them`() {
        var stage = Stage()
        stage.hear(.declared(Stage.declaration(1, instances: 1)))
        let stray = Stage.run(7, 1)
        stage.join(Stage.node, held: [HeldProcess(run: stray, pid: 99)])
        let discard = Effect.discard(Stage.key, Revision(number: 1))

        let replaced = stage.hear(.declared(Stage.declaration(2, instances: 1)))
        let ended = stage.hear(.exited(stray, ExitReport(cause: .signalled(9))))

        #expect(!replaced.effects.contains(discard))
        #expect(ended.effects.contains(discard))
    }

    @Test func `that never gets ready is halted after five starts, the old one untouched`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 3)))
        let before = stage.published?.runs
        stage.silent = [Revision(number: 2)]
        stage.play(.declared(Stage.declaration(2, instances: 3)))

        stage.pass(.seconds(5 * 300 + 10))

        let starts = stage.effects.count {
            if case .spawn(_, _, Revision(number: 2)) = $0 { true } else { false }
        }
        #expect(starts == 5)
        #expect(stage.published?.runs == before)
        #expect(stage.deployment?.problem?.code == "neverReady")
        #expect(stage.deployment?.current == Revision(number: 1))
    }

    @Test func `whose environment cannot be built is halted, the reason kept`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.hear(.declared(Stage.declaration(2)))
        let problem = Problem(.failed, code: "build", what: "cannot resolve 'sklearn==0.0'")

        let failed = stage.play(.preparationFailed(Stage.key, Revision(number: 2), problem))

        #expect(stage.deployment?.problem == problem)
        #expect(stage.deployment?.givenUp == Revision(number: 2))
        #expect(!failed.effects.contains(.discard(Stage.key, Revision(number: 2))))
        #expect(stage.deployment?.state == .serving)
    }

    @Test func `is overtaken only when the newer revision can be started`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.silent = [Revision(number: 2)]
        stage.play(.declared(Stage.declaration(2, instances: 2)))
        stage.hear(.declared(Stage.declaration(3, instances: 2)))
        #expect(stage.deployment?.instances.contains { $0.revision.number == 2 } == true)

        stage.play(.prepared(Stage.key, Revision(number: 3)))

        #expect(stage.deployment?.current == Revision(number: 3))
        #expect(stage.deployment?.instances.allSatisfy { $0.revision.number == 3 } == true)
    }

    @Test func `gives up places it has not used when fewer instances are wanted meanwhile`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        let stray = Stage.run(7, 1)
        let held = [Stage.run(1, 1), Stage.run(2, 1), stray].map { HeldProcess(run: $0, pid: 7) }
        stage.join(Stage.node, held: held)
        stage.hear(.declared(Stage.declaration(2, instances: 5)))
        stage.hear(.prepared(Stage.key, Revision(number: 2)))
        #expect(stage.deployment?.instances.count == 6)

        stage.hear(.declared(Stage.declaration(2, instances: 4)))

        #expect(stage.deployment?.instances.count == 5)
        let freed = stage.hear(.exited(stray, ExitReport(cause: .signalled(9))))
        #expect(freed.effects.count { if case .spawn = $0 { true } else { false } } == 3)
    }

    @Test func `of a count alone moves no process`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        let before = stage.published?.runs ?? []

        stage.play(.declared(Stage.declaration(1, instances: 4)))

        #expect(stage.published?.runs.count == 4)
        #expect(stage.published?.runs.starts(with: before) == true)
    }
}
