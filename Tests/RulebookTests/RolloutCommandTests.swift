// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rulebook
import Testing
import Vocabulary

@Suite struct `A rollout that is commanded` {
    private static let second = Revision(number: 2)

    /// Five instances of r1 serve, and one of r2 serves beside four of them; the next is under way.
    private func midway() -> Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 5)))
        stage.silent = [Self.second]
        stage.play(.declared(Stage.declaration(2, instances: 5)))
        return stage
    }

    private func starts(of number: Int, in stage: Stage) -> Int {
        stage.effects.count {
            if case .spawn(_, _, Revision(number: number)) = $0 { true } else { false }
        }
    }

    @Test func `stands still while it is paused: nothing new starts, nothing old drains`() throws {
        var stage = midway()
        let new = try #require(stage.deployment?.instances.last?.run)
        stage.hear(.rolloutPaused(Stage.key))

        stage.silent = []
        stage.play(.ready(new))

        #expect(starts(of: 2, in: stage) == 1)
        #expect(stage.published?.runs.count == 6)
        #expect(!stage.effects.contains { if case .drain = $0 { true } else { false } })
        #expect(stage.deployment?.rollout?.state == .paused)
        #expect(stage.deployment?.rollout?.serving == 1)
        #expect(stage.deployment?.sentence.contains("its rollout is paused") == true)
    }

    @Test func `goes on where it stood when it is resumed`() throws {
        var stage = midway()
        let new = try #require(stage.deployment?.instances.last?.run)
        stage.hear(.rolloutPaused(Stage.key))
        stage.silent = []
        stage.play(.ready(new))

        stage.play(.rolloutResumed(Stage.key))

        #expect(stage.deployment?.current == Self.second)
        #expect(stage.deployment?.rollout?.state == .completed)
        #expect(starts(of: 2, in: stage) == 5)
    }

    @Test func `stays paused for what comes next where a drained node ends it meanwhile`() throws {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1)))
        stage.silent = [Self.second]
        stage.play(.declared(Stage.declaration(2)))
        stage.hear(.rolloutPaused(Stage.key))
        stage.play(.declared(Stage.declaration(3)))
        stage.silent = []
        let (old, new) = try #require(stage.deployment.map { ($0.instances[0], $0.instances[1]) })
        stage.play(.ready(try #require(new.run)))

        stage.play(.nodeDrained(try #require(old.node)))
        let held = (stage.deployment?.current, starts(of: 3, in: stage))
        stage.play(.rolloutResumed(Stage.key))

        #expect(held == (Self.second, 0))
        #expect(stage.deployment?.current == Revision(number: 3))
    }

    @Test func `lets what died come back while it is paused, of either revision`() throws {
        var stage = midway()
        let new = try #require(stage.deployment?.instances.last?.run)
        stage.hear(.rolloutPaused(Stage.key))
        stage.silent = []
        stage.play(.ready(new))

        stage.play(.exited(new, ExitReport(cause: .signalled(9))))
        stage.play(.exited(Stage.run(1, 1), ExitReport(cause: .signalled(9))))

        #expect(stage.published?.runs.contains(Stage.run(1, 2)) == true)
        #expect(starts(of: 2, in: stage) == 2)
        #expect(stage.deployment?.serving == 6)
    }

    @Test func `is not begun at all where it is paused while its revision is being prepared`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.hear(.declared(Stage.declaration(2, instances: 2)))
        stage.hear(.rolloutPaused(Stage.key))

        stage.play(.prepared(Stage.key, Self.second))
        let held = starts(of: 2, in: stage)
        stage.play(.rolloutResumed(Stage.key))

        #expect(held == 0)
        #expect(stage.deployment?.current == Self.second)
    }

    @Test func `keeps its pause through a restart of the supervisor`() throws {
        var stage = midway()
        stage.hear(.rolloutPaused(Stage.key))

        let snapshot = try JSONEncoder().encode(stage.rulebook)
        stage.rulebook = try JSONDecoder().decode(Rulebook.self, from: snapshot)
        stage.now = Moment(nanoseconds: 5)
        stage.hear(.began(nodes: stage.nodes))

        #expect(stage.deployment?.rollout?.state == .paused)
        #expect(stage.deployment?.rollout?.pausedSince == stage.now)
    }

    @Test func `goes back when it is undone, and what still serves of the old stays`() {
        var stage = midway()
        let old = (1...5).map { Stage.run($0, 1) }

        stage.play(.rolloutUndone(Stage.key))

        #expect(stage.published?.runs == old)
        #expect(stage.deployment?.instances.count == 5)
        #expect(stage.deployment?.givenUp == Self.second)
        #expect(stage.deployment?.rollout?.state == .undone)
        #expect(stage.rulebook.staysAway(Stage.key, Self.second))
    }

    @Test func `goes back by the same waves after it has ended`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 5)))
        stage.play(.declared(Stage.declaration(2, instances: 5)))
        let discard = Effect.discard(Stage.key, Revision(number: 1))
        let wasKept = !stage.effects.contains(discard)
        stage.silent = [Revision(number: 1)]

        stage.play(.rolloutUndone(Stage.key))
        let held = stage.deployment?.instances.count
        let serving = stage.deployment?.serving
        stage.silent = []
        for run in stage.deployment?.instances.filter({ $0.state == .starting }) ?? [] {
            if let run = run.run { stage.play(.ready(run)) }
        }

        #expect(wasKept)
        #expect(held == 6)
        #expect(serving == 5)
        #expect(stage.deployment?.current == Revision(number: 1))
        #expect(stage.deployment?.instances.allSatisfy { $0.revision.number == 1 } == true)
    }

    @Test func `that was undone after it had ended can be wanted again by another undo`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.play(.declared(Stage.declaration(2)))
        stage.play(.rolloutUndone(Stage.key))

        stage.play(.rolloutUndone(Stage.key))

        #expect(stage.deployment?.current == Self.second)
        #expect(stage.deployment?.givenUp == nil)
        #expect(!stage.rulebook.staysAway(Stage.key, Self.second))
    }

    @Test func `keeps one revision to go back to, and no more`() {
        var stage = Stage()
        for number in 1...3 { stage.play(.declared(Stage.declaration(number))) }

        #expect(stage.effects.contains(.discard(Stage.key, Revision(number: 1))))
        #expect(!stage.effects.contains(.discard(Stage.key, Self.second)))
        #expect(stage.rulebook.revisionsInUse.map(\.revision.number) == [2, 3])
    }

    @Test(arguments: [true, false])
    func `that comes to nothing leaves what could be undone before it`(isUndone: Bool) {
        var stage = Stage()
        for number in 1...2 { stage.play(.declared(Stage.declaration(number))) }
        stage.silent = [Revision(number: 3)]
        stage.play(.declared(Stage.declaration(3)))
        if isUndone { stage.play(.rolloutUndone(Stage.key)) } else { stage.pass(.seconds(9_000)) }
        let given = stage.deployment?.givenUp
        let stood = stage.deployment?.current

        let decision = stage.play(.rolloutUndone(Stage.key))

        #expect(given == Revision(number: 3))
        #expect(stood == Self.second)
        #expect(decision.refusal == nil)
        #expect(stage.deployment?.current == Revision(number: 1))
    }

    @Test func `that overtakes one that serves leaves what stood before either`() {
        var stage = midway()
        if let new = stage.deployment?.instances.last?.run { stage.play(.ready(new)) }
        stage.silent = [Revision(number: 3)]
        stage.play(.declared(Stage.declaration(3, instances: 5)))
        stage.play(.rolloutUndone(Stage.key))

        stage.play(.rolloutUndone(Stage.key))

        #expect(stage.deployment?.current == Revision(number: 1))
        #expect(stage.deployment?.serving == 5)
    }

    @Test func `that is undone while it starts tells what another undo would do`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.silent = [Self.second]
        stage.play(.declared(Stage.declaration(2)))
        stage.play(.rolloutUndone(Stage.key))
        let first = stage.deployment?.problem?.remedy
        stage.silent = [Revision(number: 4)]
        for number in 3...4 { stage.play(.declared(Stage.declaration(number))) }

        stage.play(.rolloutUndone(Stage.key))

        #expect(first == "deploy it once more")
        #expect(
            stage.deployment?.problem?.remedy
                == "deploy it once more; another undo goes back to r1"
        )
    }

    @Test func `is refused an undo for which the machine has no room any more`() {
        let type = InstanceType(name: "c4", millicores: 4_000, memoryBytes: 1 << 30)
        var stage = Stage(millicores: 20_000)
        stage.play(.declared(Stage.declaration(1, instances: 4, type: type)))
        stage.play(.declared(Stage.declaration(2, instances: 1, type: type)))
        // 20 cores, of which 8 are promised; 12 stay for the other's 2 instances and their surge.
        let other = DeploymentDeclaration(
            key: DeploymentKey(endpoint: Stage.key.endpoint, deployment: Stage.other),
            revision: Revision(number: 1),
            instances: 2,
            instanceType: type,
            environment: "environment",
            model: "model"
        )
        let early = stage.play(.declared(other))
        stage.pass(.seconds(60))
        stage.play(.declared(other))

        let decision = stage.play(.rolloutUndone(Stage.key))

        #expect(early.refusal?.kind == .exhausted, "what may be fallen back to was given away")
        #expect(decision.refusal?.kind == .exhausted)
        #expect(stage.deployment?.current == Self.second)
    }

    @Test func `refuses what makes no sense, and says what there is`() {
        var stage = Stage()
        let unknown = stage.play(.rolloutPaused(Stage.key))
        stage.play(.declared(Stage.declaration(1)))
        let idle = stage.play(.rolloutPaused(Stage.key))
        let unpaused = stage.play(.rolloutResumed(Stage.key))
        let first = stage.play(.rolloutUndone(Stage.key))
        stage.silent = [Self.second]
        stage.play(.declared(Stage.declaration(2)))
        let running = stage.play(.rolloutResumed(Stage.key))
        stage.play(.rolloutPaused(Stage.key))
        let twice = stage.play(.rolloutPaused(Stage.key))

        #expect(unknown.refusal?.code == "deployment")
        #expect(idle.refusal?.code == "nothingRolls")
        #expect(unpaused.refusal?.code == "nothingRolls")
        #expect(first.refusal?.code == "nothingBefore")
        #expect(running.refusal?.code == "notPaused")
        #expect(twice.refusal?.code == "alreadyPaused")
        #expect(
            first.refusal?.description
                == "cannot undo the rollout of 'iris/default': r1 stands, and nothing before it is "
                + "kept; deploy what shall serve instead"
        )
    }

    @Test func `tells its waves`() throws {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 10)))
        stage.silent = [Self.second]
        stage.play(.declared(Stage.declaration(2, instances: 10)))
        let first = stage.deployment?.rollout
        for run in stage.deployment?.instances.suffix(2).compactMap(\.run) ?? [] {
            stage.play(.ready(run))
        }

        let rollout = try #require(stage.deployment?.rollout)

        #expect(first?.wave == 1)
        #expect(rollout.wave == 2)
        #expect(rollout.waves == 5)
        #expect(rollout.oldLeft == 8)
        #expect(rollout.sentence == "2 of 10 instances of r2 serve; r1 is replaced")
    }
}
