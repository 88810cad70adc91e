// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite struct `A report of the quota` {
    private func key(_ text: String) throws -> DeploymentKey { try #require(DeploymentKey(text)) }

    private func node(_ number: Int, used: Int, pooled: Int) -> QuotaStatus.Node {
        QuotaStatus.Node(
            name: NodeName(number: number),
            isJoined: number == 1,
            millicores: 21_333,
            measuredMillicores: 666,
            usedMillicores: used,
            reservedMillicores: used + pooled,
            pooledMillicores: pooled,
            freeMillicores: 21_333 - used - pooled,
            sharing: number,
            loss: []
        )
    }

    @Test func `tells cores by node, who was promised them, and what a loss costs`() throws {
        var quota = QuotaStatus(
            machine: QuotaStatus.Machine(
                millicores: 64_000,
                measuredMillicores: 2_000,
                memoryBytes: 8 << 30,
                measuredMemoryBytes: 8 << 30,
                overcommitment: "overcommitted: 64 cores are declared and 2 are there"
            ),
            nodes: [node(1, used: 12_000, pooled: 4_000), node(2, used: 8_000, pooled: 500)],
            deployments: [
                QuotaStatus.Deployment(
                    deployment: try key("fraud/blue"),
                    instanceType: "Standard_DS3_v2",
                    places: 6,
                    millicoresEach: 4_000,
                    held: 5,
                    unplaced: 1
                ),
                QuotaStatus.Deployment(
                    deployment: try key("iris/default"),
                    instanceType: "shared",
                    places: 2,
                    millicoresEach: 0,
                    held: 1,
                    unplaced: 0
                ),
            ]
        )
        quota.deployments[0].rollback = QuotaStatus.Rollback(
            millicores: 2_000,
            until: Date(timeIntervalSince1970: 45_296)
        )
        quota.nodes[0].loss = [
            QuotaStatus.Loss(deployment: try key("fraud/blue"), instances: 2, left: 3)
        ]

        try expect(QuotaReport(quota, zone: .gmt).text + "\n", matchesFixture: "quota.txt")
    }

    @Test func `claims nothing of a loss that is not known`() throws {
        var unknown = node(1, used: 0, pooled: 0)
        unknown.loss = nil
        let machine = QuotaStatus.Machine(
            millicores: 1_000,
            measuredMillicores: 1_000,
            memoryBytes: 1,
            measuredMemoryBytes: 1,
            overcommitment: nil
        )

        let quota = QuotaStatus(machine: machine, nodes: [unknown], deployments: [])
        let text = QuotaReport(quota, zone: .gmt)
            .text

        #expect(text.contains("if node-1 is lost: not known until everyone was heard of"))
        #expect(!text.contains("overcommitted"))
    }
}
