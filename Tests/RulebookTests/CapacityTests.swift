// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `Capacity` {
    private let big = InstanceType(name: "c4", millicores: 4_000, memoryBytes: 1 << 30)

    @Test func `refuses what does not fit, with the arithmetic`() throws {
        var stage = Stage(millicores: 20_000)

        let decision = stage.play(.declared(Stage.declaration(1, instances: 5, type: big)))

        let problem = try #require(decision.refusal)
        #expect(problem.kind == .exhausted)
        #expect(problem.what.contains("5 instances and 1 for upgrades of type"))
        #expect(problem.what.contains("6 x (4000 millicores, 1024 MiB) = 24000 millicores"))
        #expect(problem.what.contains("node-1 has 20000 of 20000 millicores"))
        #expect(stage.deployment == nil)
    }

    @Test func `takes what just fits, its surge included`() {
        var stage = Stage(millicores: 24_000)

        stage.play(.declared(Stage.declaration(1, instances: 5, type: big)))

        #expect(stage.deployment?.serving == 5)
        #expect(stage.rulebook.status.nodes.first?.reservedMillicores == 24_000)
    }

    @Test func `keeps no surge for an exempt type`() {
        var stage = Stage(millicores: 20_000)
        let exempt = InstanceType(
            name: "c4-exempt",
            millicores: 4_000,
            memoryBytes: 1 << 30,
            isExemptFromSurge: true
        )

        stage.play(.declared(Stage.declaration(1, instances: 5, type: exempt)))

        #expect(stage.deployment?.serving == 5)
    }

    @Test func `gives a place back only when its process is gone`() {
        var stage = Stage(millicores: 8_000)
        stage.play(.declared(Stage.declaration(1, instances: 1, type: big)))
        stage.play(.declared(Stage.declaration(2, instances: 1, type: big)))
        stage.hear(.withdrawn(Stage.key))

        #expect(stage.rulebook.status.nodes.first?.reservedMillicores == 4_000)
        stage.hear(.drained(Stage.run(2, 1)))
        #expect(stage.rulebook.status.nodes.first?.reservedMillicores == 4_000)
        stage.hear(.exited(Stage.run(2, 1), ExitReport(cause: .exited(status: 0))))
        #expect(stage.rulebook.status.nodes.first?.reservedMillicores == 0)
    }

    @Test func `goes to the node with the most room`() {
        var stage = Stage(nodes: 2, millicores: 8_000)
        stage.join(NodeName(number: 2), millicores: 20_000)

        stage.play(.declared(Stage.declaration(1, instances: 2, type: big)))

        #expect(stage.deployment?.instances.map(\.node?.text) == ["node-2", "node-2"])
    }

    @Test func `spreads what takes nothing over the nodes`() {
        var stage = Stage(nodes: 3)

        stage.play(.declared(Stage.declaration(1, instances: 3)))

        let nodes = stage.deployment?.instances.compactMap(\.node).sorted()
        #expect(nodes == stage.nodes)
    }
}
