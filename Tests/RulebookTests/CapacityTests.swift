// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `Capacity` {
    private func named(_ text: String) throws -> DeploymentName {
        try #require(DeploymentName(text))
    }

    private func declaration(
        of key: DeploymentKey,
        instances: Int,
        type: InstanceType
    ) -> DeploymentDeclaration {
        DeploymentDeclaration(
            key: key,
            revision: Revision(number: 1),
            instances: instances,
            instanceType: type,
            environment: "environment",
            model: "model"
        )
    }

    private let big = InstanceType(name: "c4", millicores: 4_000, memoryBytes: 1 << 30)

    @Test func `refuses what does not fit, with the arithmetic`() throws {
        var stage = Stage(millicores: 20_000)

        let decision = stage.play(.declared(Stage.declaration(1, instances: 5, type: big)))

        let problem = try #require(decision.refusal)
        #expect(problem.kind == .exhausted)
        #expect(problem.code == "OutOfQuota")
        #expect(
            problem.what
                == "OutOfQuota: needs 6 x 4 = 24 cores, 20 of 20 are free; largest that fits: "
                + "4 instances; 'iris/default' asks for 5 instances of 'c4', and 1 for upgrades and "
                + "recovery"
        )
        #expect(problem.remedy.contains("'scorekeeper serve --capacity cores=64'"))
        #expect(decision.effects.isEmpty)
        #expect(stage.deployment == nil)
    }

    @Test func `counts what others were promised, and tells what would fit beside it`() throws {
        var stage = Stage(millicores: 64_000)
        let other = DeploymentKey(endpoint: Stage.key.endpoint, deployment: try named("other"))
        stage.play(.declared(declaration(of: other, instances: 5, type: big)))

        let refused = stage.play(.declared(Stage.declaration(1, instances: 10, type: big)))
        let taken = stage.play(.declared(Stage.declaration(1, instances: 8, type: big)))

        let problem = try #require(refused.refusal)
        #expect(
            problem.what.hasPrefix(
                "OutOfQuota: needs 12 x 4 = 48 cores, 40 of 64 are free; largest that fits: "
                    + "8 instances;"
            )
        )
        #expect(problem.remedy.hasSuffix("cores=72'"))
        #expect(taken.refusal == nil)
        #expect(stage.rulebook.status.nodes.first?.reservedMillicores == 64_000)
    }

    @Test func `knows what larger machine would do, each of its nodes with whole instances`() throws
    {
        var small = Stage(nodes: 3, millicores: 2_000)
        let refused = try #require(
            small.play(.declared(Stage.declaration(1, instances: 15, type: big))).refusal
        )
        let said = try #require(refused.remedy.split(separator: "=").last?.dropLast())
        let cores = try #require(Int(said))

        var large = Stage(nodes: 3, millicores: cores * 1_000 / 3)

        #expect(refused.what.contains("0 of 6") == false)
        #expect(refused.what.contains("6 of 6 are free (node-1 2, node-2 2, node-3 2)"))
        #expect(refused.what.contains("largest that fits: none;"))
        #expect(
            large.play(.declared(Stage.declaration(1, instances: 15, type: big))).refusal == nil
        )
    }

    @Test func `is judged by before a node has joined, once it is known what it gives out`() throws
    {
        var stage = Stage.unjoined()

        stage.hear(.nodeSized(Stage.node, millicores: 4_000))
        let decision = stage.hear(.declared(Stage.declaration(1, type: big)))

        #expect(try #require(decision.refusal).what.contains("needs 2 x 4 = 8 cores, 4 of 4"))
    }

    @Test func `reserves no memory, whatever its instances may use`() {
        var stage = Stage(millicores: 64_000)
        let vast = InstanceType(name: "vast", millicores: 1_000, memoryBytes: 1 << 50)

        let decision = stage.play(.declared(Stage.declaration(1, instances: 5, type: vast)))

        #expect(decision.refusal == nil)
        #expect(stage.deployment?.serving == 5)
    }

    @Test func `refuses a larger type and lets what serves be`() throws {
        var stage = Stage(millicores: 24_000)
        stage.play(.declared(Stage.declaration(1, instances: 5, type: big)))
        let bigger = InstanceType(name: "c8", millicores: 8_000, memoryBytes: 1 << 30)

        let decision = stage.play(.declared(Stage.declaration(2, instances: 5, type: bigger)))

        #expect(try #require(decision.refusal).what.contains("needs 6 x 8 = 48 cores, 24 of 24"))
        #expect(stage.deployment?.serving == 5)
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

    @Test func `goes to the node with the fewest of its deployment, then to the most room`() {
        var stage = Stage(nodes: 2, millicores: 8_000)
        stage.join(NodeName(number: 2), millicores: 20_000)

        stage.play(.declared(Stage.declaration(1, instances: 2, type: big)))

        #expect(stage.deployment?.instances.map(\.node?.text) == ["node-2", "node-1"])
    }

    @Test func `spreads what takes nothing over the nodes`() {
        var stage = Stage(nodes: 3)

        stage.play(.declared(Stage.declaration(1, instances: 3)))

        let nodes = stage.deployment?.instances.compactMap(\.node).sorted()
        #expect(nodes == stage.nodes)
    }
}
