// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// Bad luck, and people who change their minds.
extension SimulatedWorld {
    /// One stroke of bad luck.
    mutating func makeTrouble() {
        switch random.number(1...6) {
        case 1 where faults.nodeLosses:
            let node = random.number(0...nodes.count - 1)
            guard nodes[node].isAlive else { return }
            killNode(node)
            plan(.result(.nodeLost(nodes[node].name), life: life), in: random.milliseconds(1...30))
        case 2 where faults.gatewayLosses:
            guard gateway.isAlive else { return }
            killGateway()
            plan(.result(.gatewayLost, life: life), in: random.milliseconds(1...30))
        case 3 where faults.brokenConnections:
            let node = random.number(0...nodes.count)
            if node < nodes.count {
                guard nodes[node].isConnected else { return }
                disconnect(node)
                plan(.reach(node: node, life: life), in: random.milliseconds(1...1_000))
            } else if gateway.isConnected {
                disconnectGateway()
                plan(.reachGateway(life: life), in: random.milliseconds(1...1_000))
            }
        case 4 where faults.supervisorDeaths:
            if rulebook != nil { killSupervisor() }
        case 5 where faults.fullDisks:
            isDiskFull = true
            plan(.diskFree, in: random.milliseconds(1_000...40_000))
        case 6 where faults.ejections:
            guard !gateway.lanes.isEmpty else { return }
            let lane = gateway.lanes[random.number(0...gateway.lanes.count - 1)]
            breakLane(lane.run, "it wrote where it may not", gateway.life)
        default: break
        }
    }

    /// Somebody wants something else.
    mutating func change() {
        // Before a node has ever said what it has, nothing is refused, and anything may not fit.
        guard let rulebook, rulebook.status.nodes.allSatisfy({ $0.millicores != nil }) else {
            return
        }
        let key = random.pick(keys)
        let known = rulebook.declaration(of: key)
        if known != nil, random.chance(1, in: 6) { return deliver(.withdrawn(key)) }
        if let known, random.chance(1, in: 4) {
            return deliver(.declared(scaled(known, to: random.number(1...6))))
        }
        let revision = rulebook.nextRevision(of: key)
        // Over the bounds now and then: what cannot be held is refused.
        let instances = random.chance(1, in: 8) ? random.number(8...30) : random.number(1...5)
        let declaration = DeploymentDeclaration(
            key: key,
            revision: revision,
            instances: instances,
            instanceType: random.pick(Self.types),
            percent: people.pick([100, 100, 0]),
            environment: "environment",
            model: "model \(revision)",
            startDeadline: random.milliseconds(15_000...40_000),
            drainDeadline: random.milliseconds(2_000...10_000),
            probes: hasProbes ? Self.probes : nil,
            comparison: chooseComparison(key, revision)
        )
        if faults.brokenRevisions, random.chance(1, in: 4) { broken.insert(name(key, revision)) }
        if faults.failures, people.chance(1, in: 3) { failing.insert(name(key, revision)) }
        deliver(.declared(declaration))
        if faults.commands { planCommands(key) }
    }

    private func scaled(_ known: DeploymentDeclaration, to instances: Int) -> DeploymentDeclaration
    {
        DeploymentDeclaration(
            key: known.key,
            revision: known.revision,
            instances: instances,
            instanceType: known.instanceType,
            percent: known.percent,
            environment: known.environment,
            model: known.model,
            startDeadline: known.startDeadline,
            drainDeadline: known.drainDeadline,
            probes: known.probes,
            comparison: known.comparison,
            settings: known.settings
        )
    }

    private static let types = [
        InstanceType.shared,
        .shared,
        InstanceType(name: "c1", millicores: 1_000, memoryBytes: 1 << 30),
        InstanceType(name: "c2", millicores: 2_000, memoryBytes: 2 << 30),
        InstanceType(
            name: "c1-exempt",
            millicores: 1_000,
            memoryBytes: 1 << 30,
            isExemptFromSurge: true
        ),
    ]
}
