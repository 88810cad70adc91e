// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A node` {
    private func held(_ run: Run) -> HeldProcess { HeldProcess(run: run, pid: 7) }

    @Test func `that is lost has its instances placed on another at once`() {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 2)))

        stage.play(.nodeLost(NodeName(number: 1)))

        #expect(stage.deployment?.serving == 2)
        #expect(stage.deployment?.instances.allSatisfy { $0.node?.text == "node-2" } == true)
    }

    @Test func `that is lost has them placed on another though more are held than may be`() throws {
        let (second, third) = (Revision(number: 2), Revision(number: 3))
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 4)))
        stage.silent = [second, third]
        stage.play(.declared(Stage.declaration(2, instances: 20)))
        // The third takes places that the second, of which many were wanted, has not given back; all
        // of them are on the other node.
        stage.hear(.nodeDrained(NodeName(number: 2)))
        stage.hear(.declared(Stage.declaration(3, instances: 3)))
        let prepared = stage.hear(.prepared(Stage.key, third))
        for event in stage.answers(to: prepared.effects) { stage.play(event) }
        try #require(stage.deployment?.instances.count == 7)

        stage.play(.nodeLost(NodeName(number: 2)))

        #expect(stage.deployment?.instances.count == 7)
        #expect(stage.deployment?.instances.allSatisfy { $0.node?.text == "node-1" } == true)
    }

    @Test func `that is lost and alone gets its instances back when it is back`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        let lost = stage.hear(.nodeLost(Stage.node))
        #expect(lost.effects.contains(.startNode(Stage.node)))
        #expect(stage.published?.runs == [])

        stage.join(Stage.node)

        #expect(
            stage.effects.contains(
                .spawn(Stage.run(1, 2), on: Stage.node, revision: Revision(number: 1))
            )
        )
    }

    @Test func `that keeps dying is started again after longer and longer`() {
        var stage = Stage()
        stage.hear(.nodeLost(Stage.node))

        let second = stage.hear(.nodeLost(Stage.node))

        #expect(second.effects.isEmpty)
        #expect(stage.rulebook.nextDeadline == stage.now + .milliseconds(100))
    }

    @Test func `that holds what nobody wants is told to end it before anything is started there`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        let stranger = Stage.run(9, 4)

        stage.join(Stage.node, held: [held(stranger)])

        #expect(stage.effects.contains(.end(stranger, on: Stage.node)))
        #expect(!stage.effects.contains { $0.run == Stage.run(1, 2) })
        let freed = stage.hear(.exited(stranger, ExitReport(cause: .signalled(9))))
        #expect(freed.effects.contains { $0.run == Stage.run(1, 2) })
    }
}

@Suite struct `An order that was believed lost` {
    @Test func `and is being carried out is undone where it is, and nobody else is asked`() {
        var stage = Stage(nodes: 2)
        let stranger = Stage.run(9, 4)
        stage.play(.declared(Stage.declaration(1)))
        stage.join(Stage.node, held: [HeldProcess(run: stranger, pid: nil)])

        let late = stage.hear(.spawned(stranger, pid: 9))

        #expect(stage.effects.contains(.end(stranger, on: Stage.node)))
        #expect(!late.effects.contains(.end(stranger, on: NodeName(number: 2))))
    }

    @Test func `and is carried out after all is undone`() {
        var stage = Stage()
        stage.hear(.declared(Stage.declaration(1)))
        stage.hear(.prepared(Stage.key, Revision(number: 1)))
        stage.join(Stage.node)

        let late = stage.hear(.spawned(Stage.run(1, 1), pid: 9))

        #expect(stage.effects.contains { $0.run == Stage.run(1, 2) })
        #expect(late.effects == [.end(Stage.run(1, 1), on: Stage.node)])
    }
}

@Suite struct `A supervisor that comes back` {
    private func afterRestart() -> Stage {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.effects = []
        stage.hear(.began(nodes: stage.nodes))
        return stage
    }

    private func held(_ run: Run) -> HeldProcess { HeldProcess(run: run, pid: 7) }

    @Test func `starts nothing before it has heard of every node and the gateway`() {
        var stage = afterRestart()

        stage.join(NodeName(number: 1))
        stage.hear(.gatewayJoined([]))
        let early = stage.effects.contains { if case .spawn = $0 { true } else { false } }
        stage.join(NodeName(number: 2), held: [held(Stage.run(2, 1))])

        #expect(!early)
        #expect(stage.effects.contains { $0.run == Stage.run(1, 2) })
        #expect(!stage.effects.contains { $0.run == Stage.run(2, 2) })
    }

    @Test func `routes again to what the gateway still holds, and touches no process`() {
        var stage = afterRestart()
        let runs = [Stage.run(1, 1), Stage.run(2, 1)]

        stage.hear(.gatewayJoined(runs.map { HeldLane(run: $0, isReady: true) }))
        stage.join(NodeName(number: 1), held: [held(runs[0])])
        stage.join(NodeName(number: 2), held: [held(runs[1])])

        #expect(stage.published?.runs == runs)
        #expect(!stage.effects.contains { $0.run != nil })
    }

    @Test func `opens the lane of a run that was being started once it has a process`() {
        var stage = Stage()
        stage.hear(.declared(Stage.declaration(1)))
        stage.hear(.prepared(Stage.key, Revision(number: 1)))
        let lane = Effect.openLane(
            Stage.run(1, 1),
            on: Stage.node,
            revision: Revision(number: 1)
        )

        stage.hear(.began(nodes: stage.nodes))
        stage.hear(.gatewayJoined([]))
        stage.join(Stage.node, held: [HeldProcess(run: Stage.run(1, 1), pid: nil)])
        let early = stage.effects.contains(lane)
        let told = stage.hear(.spawned(Stage.run(1, 1), pid: 7))

        #expect(!early)
        #expect(told.effects == [lane])
    }

    @Test func `asks again for what was being prepared`() {
        var stage = Stage()
        stage.hear(.declared(Stage.declaration(1)))

        let decision = stage.hear(.began(nodes: stage.nodes))

        #expect(decision.effects.contains(.prepare(Stage.key, Revision(number: 1))))
    }
}

@Suite struct `A gateway` {
    @Test func `that is lost costs leases and no process`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.effects = []

        stage.hear(.gatewayLost)
        stage.hear(.gatewayJoined([]))

        #expect(stage.deployment?.serving == 0)
        #expect(
            stage.effects.contains(
                .openLane(Stage.run(1, 1), on: Stage.node, revision: Revision(number: 1))
            )
        )
        stage.hear(.ready(Stage.run(1, 1)))
        #expect(stage.published?.runs == [Stage.run(1, 1)])
        #expect(stage.deployment?.instances.first?.restarts == 0)
    }
}

@Suite struct `A shutdown` {
    @Test func `lets the gateway finish, lets its scorers leave, then says farewell`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.effects = []

        let asked = stage.hear(.leave)
        let finished = stage.hear(.gatewayLost)
        let last = stage.hear(.exited(Stage.run(1, 1), ExitReport(cause: .exited(status: 0))))

        #expect(asked.effects == [.retireGateway])
        #expect(finished.effects == [])
        #expect(last.effects == [.farewell])
    }

    @Test func `ends what has not left two seconds after it was told to`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.hear(.leave)
        stage.hear(.gatewayLost)
        stage.effects = []

        stage.pass(.seconds(1))
        let before = stage.effects
        stage.pass(.seconds(1))

        #expect(before == [])
        #expect(stage.effects.first == .end(Stage.run(1, 1), on: Stage.node))
    }

    @Test func `ends at once what nobody can tell to leave`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.hear(.gatewayLost)
        stage.effects = []

        stage.play(.leave)

        #expect(stage.effects.contains(.end(Stage.run(1, 1), on: Stage.node)))
    }

    @Test func `forgets nothing that was declared`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.play(.leave)
        stage.play(.gatewayLost)

        stage.hear(.began(nodes: stage.nodes))
        stage.join(Stage.node)
        stage.play(.gatewayJoined([]))

        #expect(stage.deployment?.serving == 1)
        #expect(stage.published?.runs == [Stage.run(2, 1)])
    }
}
