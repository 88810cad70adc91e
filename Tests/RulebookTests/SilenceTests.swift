// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A node that answers nothing` {
    private static let first = NodeName(number: 1)
    private static let second = NodeName(number: 2)

    private func stage(instances: Int = 2) -> Stage {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: instances)))
        stage.play(.nodeSilent(Self.first))
        stage.effects = []
        return stage
    }

    private func places(_ stage: Stage) -> [NodeName] {
        stage.deployment?.instances.compactMap(\.node) ?? []
    }

    @Test func `keeps what serves there, and gets nothing new`() {
        var stage = stage()

        stage.play(.declared(Stage.declaration(1, instances: 4)))

        #expect(stage.deployment?.serving == 4)
        #expect(places(stage).count { $0 == Self.first } == 1)
        #expect(!stage.effects.contains { if case .drain = $0 { true } else { false } })
        #expect(stage.rulebook.status.nodes.map(\.isSilent) == [true, false])
    }

    @Test func `is told to end nothing; what went there is replaced by way of the surge`() {
        var stage = stage()

        stage.play(.ejected(Stage.run(1, 1), "it took no request for three seconds"))

        #expect(stage.deployment?.serving == 2)
        #expect(stage.published?.runs == [Stage.run(2, 1), Stage.run(3, 1)])
        #expect(!stage.effects.contains { if case .end = $0 { true } else { false } })
        // Whatever is left of it may still be there: it holds its place.
        #expect(stage.deployment?.instances.count == 3)
    }

    @Test func `is told what was due once it answers, and exactly as many are left as are wanted`()
    {
        var stage = stage()
        stage.play(.ejected(Stage.run(1, 1), "it took no request for three seconds"))

        stage.play(.nodeHeard(Self.first))
        stage.pass(.seconds(1))

        #expect(stage.effects.contains(.end(Stage.run(1, 1), on: Self.first)))
        #expect(stage.deployment?.instances.count == 2)
        #expect(stage.deployment?.serving == 2)
        #expect(stage.rulebook.status.nodes.map(\.isSilent) == [false, false])
    }

    @Test func `gives a start that nobody could watch its whole time again`() {
        var stage = Stage(nodes: 2)
        stage.silent = [Revision(number: 1)]
        stage.play(.declared(Stage.declaration(1)))
        stage.play(.nodeSilent(Self.first))
        stage.pass(.seconds(400))
        let meanwhile = stage.effects.contains(.end(Stage.run(1, 1), on: Self.first))

        stage.play(.nodeHeard(Self.first))

        #expect(!meanwhile)
        #expect(!stage.effects.contains(.end(Stage.run(1, 1), on: Self.first)))
    }
}

@Suite struct `A node that comes back` {
    private static let first = NodeName(number: 1)
    private static let second = NodeName(number: 2)

    private func counts(_ stage: Stage) -> [Int] {
        stage.nodes.map { node in
            stage.deployment?.instances.count { $0.node == node } ?? 0
        }
    }

    private func lost(instances: Int = 4) -> Stage {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: instances)))
        stage.play(.nodeLost(Self.first))
        stage.play(
            .nodeJoined(
                NodeInventory(
                    name: Self.first,
                    millicores: 64_000,
                    memoryBytes: 64 << 30,
                    isolation: .limited
                )
            )
        )
        return stage
    }

    @Test func `is given its part again once it has stayed, one instance at a time`() {
        var stage = lost()
        stage.pass(.milliseconds(59_999))
        let early = counts(stage)
        let published = stage.effects.count

        stage.pass(.milliseconds(1))

        let serving = stage.effects[published...].compactMap { effect in
            if case .publish(let endpoint) = effect {
                endpoint.deployments.first?.runs.count
            } else {
                nil
            }
        }
        #expect(early == [0, 4])
        #expect(counts(stage) == [2, 2])
        #expect(serving.allSatisfy { (4...5).contains($0) })
        #expect(!serving.isEmpty)
    }

    @Test func `is given nothing while that makes no node's loss cheaper`() {
        var stage = lost(instances: 1)

        stage.pass(.seconds(600))

        #expect(counts(stage) == [0, 1])
        #expect(stage.deployment?.instances.first?.restarts == 1)
    }

    @Test func `waits for the end of a rollout, which needs the surge`() {
        var stage = lost()
        stage.silent = [Revision(number: 2)]
        stage.play(.declared(Stage.declaration(2, instances: 4)))

        stage.pass(.seconds(120))

        #expect(stage.deployment?.instances.count { $0.revision.number == 1 } == 4)
        #expect(stage.deployment?.instances.count == 5)
    }

    @Test func `gets its part back at once where it was drained and is undrained`() {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 4)))
        stage.pass(.seconds(60))
        stage.play(.nodeDrained(Self.first))
        let drained = counts(stage)

        stage.play(.nodeUndrained(Self.first))

        #expect(drained == [0, 4])
        #expect(counts(stage) == [2, 2])
        #expect(stage.deployment?.serving == 4)
    }
}
