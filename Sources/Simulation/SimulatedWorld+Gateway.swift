// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// The gateway and its lanes.
extension SimulatedWorld {
    mutating func sayAsGateway(_ event: Event) {
        guard gateway.isConnected else { return }
        let moment = max(gateway.lastWord, now + random.milliseconds(0...15))
        gateway.lastWord = moment
        let word = Happening.gatewayWord(event, connection: gateway.connection)
        agenda.plan(word, at: moment)
        if faults.duplicates, random.chance(1, in: 12) {
            agenda.plan(word, at: moment + random.milliseconds(0...4_000))
        }
    }

    mutating func sendToGateway(_ effect: Effect) {
        guard gateway.isGreeted else { return }
        let moment = max(gateway.lastOrder, now + random.milliseconds(0...15))
        gateway.lastOrder = moment
        agenda.plan(.gatewayOrder(effect, connection: gateway.connection), at: moment)
    }

    mutating func disconnectGateway() {
        gateway.isConnected = false
        gateway.isGreeted = false
        gateway.connection += 1
    }

    mutating func reachGateway() {
        if faults.gatewayLosses, random.chance(1, in: 8) {
            killGateway()
            return deliver(.gatewayLost)
        }
        gateway.isAlive = true
        disconnectGateway()
        gateway.isConnected = true
        let lanes = gateway.lanes.map { HeldLane(run: $0.run, isReady: $0.isReady) }
        let moment = max(gateway.lastWord, now + random.milliseconds(0...15))
        gateway.lastWord = moment
        agenda.plan(
            .gatewayWord(.gatewayJoined(lanes), connection: gateway.connection),
            at: moment
        )
    }

    mutating func killGateway() {
        disconnectGateway()
        gateway.isAlive = false
        gateway.life += 1
        gateway.lanes = []
        gateway.routes = []
    }

    mutating func carryOut(_ effect: Effect) {
        switch effect {
        case .openLane(let run, _, _):
            guard let process = process(run), process.pid != nil,
                !gateway.lanes.contains(where: { $0.run == run })
            else { return }
            gateway.lanes.append(SimulatedGateway.Lane(run: run))
            if process.isLoaded {
                plan(.sayReady(run, gatewayLife: gateway.life), in: random.milliseconds(0...50))
            }
        case .probe(let run, let kind, let timeout):
            plan(.probeEnds(run, kind, gatewayLife: gateway.life), in: timeout)
        case .compare(let run, let revision, _, let rule):
            planComparison(of: run, revision, rule)
        case .drain(let run):
            if faults.deafness, random.chance(1, in: 8) { return }
            plan(
                .finishDrain(run, gatewayLife: gateway.life),
                in: random.milliseconds(0...8_000)
            )
        case .closeLane(let run):
            gateway.lanes.removeAll { $0.run == run }
        case .publish(let endpoint):
            gateway.routes.removeAll { $0.endpoint == endpoint.endpoint }
            gateway.routes.append(endpoint)
        case .unpublish(let name):
            gateway.routes.removeAll { $0.endpoint == name }
        case .retireGateway:
            plan(.result(.gatewayLost, life: life), in: random.milliseconds(1_000...5_000))
        default: break
        }
    }

    mutating func sayReady(_ run: Run, _ life: Int) {
        guard life == gateway.life, process(run)?.isLoaded == true,
            let lane = gateway.lanes.firstIndex(where: { $0.run == run }),
            !gateway.lanes[lane].isReady
        else { return }
        gateway.lanes[lane].isReady = true
        sayAsGateway(.ready(run))
    }

    mutating func planBrokenLane(of run: Run) {
        plan(
            .noteBrokenLane(run, "its socket closed", gatewayLife: gateway.life),
            in: random.milliseconds(0...60)
        )
    }

    mutating func breakLane(_ run: Run, _ reason: String, _ life: Int) {
        guard life == gateway.life, gateway.lanes.contains(where: { $0.run == run }) else { return }
        gateway.lanes.removeAll { $0.run == run }
        sayAsGateway(.ejected(run, reason))
    }

    mutating func finishDrain(_ run: Run, _ life: Int) {
        guard life == gateway.life, gateway.lanes.contains(where: { $0.run == run }),
            let node = nodes.firstIndex(where: { node in
                node.processes.contains { $0.run == run }
            })
        else { return }
        sayAsGateway(.drained(run))
        if faults.deafness, random.chance(1, in: 4) { return }
        plan(
            .ends(run, node: node, ExitReport(cause: .exited(status: 0))),
            in: random.milliseconds(0...1_500)
        )
    }
}
