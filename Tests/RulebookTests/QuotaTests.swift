// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `The quota` {
    private let two = InstanceType(name: "c2", millicores: 2_000, memoryBytes: 1 << 30)

    @Test func `tells what is used, kept back and free, node by node`() {
        var stage = Stage(nodes: 2, millicores: 8_000)
        stage.play(.declared(Stage.declaration(1, instances: 5, type: two)))

        let quota = stage.rulebook.quota(at: stage.now)

        let used = quota.nodes.map(\.usedMillicores)
        let pooled = quota.nodes.map(\.pooledMillicores)
        #expect(used.reduce(0, +) == 10_000)
        #expect(pooled.reduce(0, +) == 2_000)
        #expect(quota.nodes.compactMap(\.freeMillicores).reduce(0, +) == 4_000)
        #expect(quota.deployments.map(\.places) == [6])
        #expect(quota.deployments.map(\.held) == [5])
        #expect(quota.deployments.map(\.millicoresEach) == [2_000])
        #expect(quota.deployments.map(\.instanceType) == ["c2"])
    }

    @Test func `tells what is kept for a rollback to more instances, and until when`() {
        var stage = Stage(millicores: 64_000)
        stage.play(.declared(Stage.declaration(1, instances: 5, type: two)))
        stage.play(.declared(Stage.declaration(2, instances: 2, type: two)))
        let rolledIn = stage.now

        let kept = stage.rulebook.quota(at: stage.now).deployments.first
        stage.now = stage.now + .seconds(60)
        stage.play(.tick)
        let later = stage.rulebook.quota(at: stage.now).deployments.first

        #expect(kept?.places == 6)
        // Six places of two cores instead of three.
        #expect(kept?.rollback?.millicores == 6_000)
        #expect(kept?.rollback?.until == rolledIn + .seconds(60))
        #expect(later?.places == 3)
        #expect(later?.rollback == nil)
    }

    @Test func `keeps nothing for a rollback that needs no more than what serves`() {
        var stage = Stage(millicores: 64_000)
        stage.play(.declared(Stage.declaration(1, instances: 2, type: two)))
        stage.play(.declared(Stage.declaration(2, instances: 5, type: two)))

        #expect(stage.rulebook.quota(at: stage.now).deployments.first?.rollback == nil)
    }

    @Test func `counts those that share and reserve nothing`() {
        var stage = Stage(millicores: 2_000)
        stage.play(.declared(Stage.declaration(1, instances: 3)))

        let node = stage.rulebook.quota(at: stage.now).nodes.first

        #expect(node?.sharing == 3)
        #expect(node?.reservedMillicores == 0)
        #expect(node?.freeMillicores == 2_000)
    }

    @Test func `foretells what the loss of each node really costs`() {
        var stage = Stage(nodes: 3, millicores: 4_000)
        // 5 and 1 in reserve: two places on each node, and no room for more.
        stage.play(.declared(Stage.declaration(1, instances: 5, type: two)))
        let foretold = stage.rulebook.quota(at: stage.now).nodes.map { $0.loss?.first }

        #expect(foretold.map { $0?.instances } == [1, 1, 1])
        for (index, name) in stage.nodes.enumerated() {
            var after = stage
            after.play(.nodeLost(name))
            let staying = after.deployment?.instances.count { $0.node != nil && $0.node != name }
            #expect(staying == foretold[index]?.left ?? 5)
            #expect(5 - (staying ?? 0) == foretold[index]?.instances ?? 0)
        }
    }

    @Test func `sees no cost where others have room, and all of it where there is no other`() {
        var roomy = Stage(nodes: 2, millicores: 20_000)
        roomy.play(.declared(Stage.declaration(1, instances: 5, type: two)))
        var alone = Stage(nodes: 1, millicores: 20_000)
        alone.play(.declared(Stage.declaration(1, instances: 5, type: two)))

        let losses = roomy.rulebook.quota(at: roomy.now).nodes.map { $0.loss?.isEmpty }
        let all = alone.rulebook.quota(at: alone.now).nodes.first?.loss?.first

        #expect(losses == [true, true])
        #expect(all?.instances == 5)
        #expect(all?.left == 0)
    }

    @Test func `changes nothing by asking`() throws {
        var stage = Stage(nodes: 2, millicores: 8_000)
        stage.play(.declared(Stage.declaration(1, instances: 3, type: two)))
        let before = stage.rulebook.status

        _ = stage.rulebook.quota(at: stage.now)

        #expect(stage.rulebook.status == before)
    }

    @Test func `claims nothing of losses before everyone was heard of`() {
        var stage = Stage.unjoined()
        stage.hear(.nodeSized(Stage.node, millicores: 4_000))

        let node = stage.rulebook.quota(at: stage.now).nodes.first

        #expect(node?.millicores == 4_000)
        #expect(node?.loss == nil)
    }
}
