// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A node that is drained` {
    private static let first = NodeName(number: 1)
    private static let second = NodeName(number: 2)

    private func places(_ stage: Stage) -> [NodeName] {
        stage.deployment?.instances.compactMap(\.node) ?? []
    }

    @Test func `keeps each instance until another serves elsewhere in its stead`() throws {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.silent = [Revision(number: 1)]

        stage.play(.nodeDrained(Self.first))
        let before = stage.deployment
        let fresh = try #require(before?.instances.last?.run)
        stage.silent = []
        stage.play(.ready(fresh))

        #expect(before?.serving == 2)
        #expect(before?.instances.count == 3)
        #expect(places(stage) == [Self.second, Self.second])
        #expect(stage.published?.runs.count == 2)
    }

    @Test func `moves many by way of the surge, never fewer serving than are wanted`() {
        var stage = Stage(nodes: 3)
        stage.play(.declared(Stage.declaration(1, instances: 6)))
        let published = stage.effects.count

        stage.play(.nodeDrained(Self.first))

        let counts = stage.effects[published...].compactMap { effect in
            if case .publish(let endpoint) = effect {
                endpoint.deployments.first?.runs.count
            } else {
                nil
            }
        }
        #expect(!places(stage).contains(Self.first))
        #expect(places(stage).count == 6)
        #expect(counts.allSatisfy { (6...8).contains($0) })
    }

    @Test func `gets nothing new until it is undrained`() {
        var stage = Stage(nodes: 2)
        stage.play(.nodeDrained(Self.second))
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        let drained = places(stage)

        stage.play(.nodeUndrained(Self.second))
        stage.play(.declared(Stage.declaration(2, instances: 2)))

        #expect(drained == [Self.first, Self.first])
        #expect(places(stage).contains(Self.second))
    }

    @Test func `keeps what no other node has room for, and lets it go when one has`() {
        let type = InstanceType(name: "c4", millicores: 4_000, memoryBytes: 1 << 30)
        var stage = Stage(nodes: 2, millicores: 8_000)
        stage.hear(.nodeLost(Self.second))
        stage.play(.declared(Stage.declaration(1, instances: 1, type: type)))

        stage.play(.nodeDrained(Self.first))
        let meanwhile = places(stage)
        stage.play(.nodeLost(Self.second))
        let joined = NodeInventory(
            name: Self.second,
            millicores: 8_000,
            memoryBytes: 64 << 30,
            isolation: .limited
        )
        stage.play(.nodeJoined(joined))

        #expect(meanwhile == [Self.first])
        #expect(stage.deployment?.serving == 1)
        #expect(places(stage) == [Self.second])
    }

    @Test func `moves what it holds though its rollout is paused`() throws {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.silent = [Revision(number: 2)]
        stage.play(.declared(Stage.declaration(2, instances: 2)))
        stage.play(.ready(try #require(stage.deployment?.instances.last?.run)))
        stage.play(.rolloutPaused(Stage.key))
        stage.silent = []
        stage.play(.ready(try #require(stage.deployment?.instances.last?.run)))

        stage.play(.nodeDrained(Self.first))

        #expect(!places(stage).contains(Self.first))
        #expect(stage.deployment?.serving == 2)
        #expect(stage.deployment?.rollout?.state == .paused)
    }

    @Test func `refuses what makes no sense`() {
        var stage = Stage(nodes: 2)
        let unknown = stage.play(.nodeDrained(NodeName(number: 9)))
        let undrained = stage.play(.nodeUndrained(Self.first))
        stage.play(.nodeDrained(Self.first))
        let twice = stage.play(.nodeDrained(Self.first))
        let last = stage.play(.nodeDrained(Self.second))

        #expect(unknown.refusal?.code == "node")
        #expect(undrained.refusal?.code == "notDrained")
        #expect(twice.refusal?.code == "alreadyDrained")
        #expect(last.refusal?.code == "lastNode")
        #expect(stage.rulebook.status.nodes.map(\.isDrained) == [true, false])
    }

    @Test func `stays drained through a restart of the supervisor and of the node`() {
        var stage = Stage(nodes: 2)
        stage.play(.nodeDrained(Self.first))

        stage.hear(.began(nodes: stage.nodes))
        for node in stage.nodes { stage.join(node) }

        #expect(stage.rulebook.status.nodes.map(\.isDrained) == [true, false])
    }
}

@Suite struct `A place` {
    @Test func `goes where its deployment has the fewest, then where most is free`() {
        let type = InstanceType(name: "c1", millicores: 1_000, memoryBytes: 1 << 30)
        var stage = Stage(nodes: 2, millicores: 4_000)
        stage.join(NodeName(number: 1), millicores: 32_000)

        stage.play(.declared(Stage.declaration(1, instances: 4, type: type)))

        let nodes = stage.deployment?.instances.compactMap(\.node) ?? []
        #expect(nodes.count { $0 == NodeName(number: 1) } == 2)
    }

    @Test func `of a deployment that serves nobody is taken first after a restart`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 3)))
        let second = DeploymentDeclaration(
            key: DeploymentKey(endpoint: Stage.key.endpoint, deployment: Stage.other),
            revision: Revision(number: 1),
            instances: 2,
            environment: "environment",
            model: "model"
        )
        stage.play(.declared(second))
        stage.hear(.began(nodes: stage.nodes))
        stage.join(Stage.node)

        let decision = stage.hear(.gatewayJoined([]))

        let order = decision.effects.compactMap { effect -> DeploymentName? in
            guard case .spawn(let run, _, _) = effect else { return nil }
            return run.instance.key.deployment
        }
        let first = Stage.key.deployment
        #expect(order == [first, Stage.other, first, first, Stage.other])
    }
}
