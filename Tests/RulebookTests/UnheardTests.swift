// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `While a node has not been heard` {
    private static let second = Revision(number: 2)

    /// A life of the supervisor in which node-1 and the gateway told what they hold, and node-2
    /// nothing yet.
    private func waiting(for stage: Stage, holding runs: [Run]) -> Stage {
        var stage = stage
        stage.hear(.began(nodes: stage.nodes))
        stage.join(Stage.node, held: runs.map { HeldProcess(run: $0, pid: 7) })
        stage.hear(.gatewayJoined(runs.map { HeldLane(run: $0, isReady: true) }))
        return stage
    }

    @Test func `what is deleted is drained, and answers for nothing that is declared anew`() throws
    {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1)))
        let run = Stage.run(1, 1)
        try #require(stage.deployment?.instances.first?.node == Stage.node)
        stage = waiting(for: stage, holding: [run])
        try #require(stage.published?.runs == [run])

        let deleted = stage.hear(.endpointWithdrawn(Stage.key.endpoint))
        stage.hear(.declared(Stage.declaration(2)))

        #expect(deleted.effects.contains(.drain(run)))
        #expect(stage.published?.runs == [])
    }

    @Test func `a revision that was given up for its answers serves no new gateway either`() throws
    {
        var stage = Stage(nodes: 2)
        stage.play(.declared(Stage.declaration(1)))
        let rule = ComparisonRule(isRequired: true)
        stage.play(.declared(Stage.declaration(2, comparison: rule)))
        let (old, new) = (Stage.run(1, 1), Stage.run(2, 1))
        stage.hear(.began(nodes: stage.nodes))
        stage.join(NodeName(number: 2), held: [HeldProcess(run: new, pid: 7)])
        stage.hear(.gatewayJoined([old, new].map { HeldLane(run: $0, isReady: true) }))
        var found = RevisionComparison()
        found.requests = 20
        found.different = 20

        stage.hear(.compared(Stage.key, Self.second, found))
        stage.hear(.gatewayLost)
        stage.hear(.gatewayJoined([]))
        try #require(stage.deployment?.rollout?.state == .halted)
        let ready = stage.hear(.ready(new))

        #expect(ready.instances == [new.instance])
        #expect(stage.published?.runs.contains(new) == false)

        stage.play(.nodeLost(Stage.node))

        #expect(stage.effects.contains(.end(new, on: NodeName(number: 2))))
    }
}
