// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// A number that two runs share only if they decided the same in the same order.
///
/// Source: FNV-1a, 64 bits.
struct Fingerprint {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ number: Int) {
        value = (value ^ UInt64(bitPattern: Int64(number))) &* 0x0000_0100_0000_01B3
    }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(Int(byte)) }
    }

    mutating func add(_ run: Run) {
        add(run.instance.key.endpoint.text)
        add(run.instance.key.deployment.text)
        add(run.instance.ordinal)
        add(run.incarnation)
    }

    mutating func add(_ decision: Decision) {
        add(Int(truncatingIfNeeded: decision.moment.nanoseconds))
        add(decision.turns.count)
        add(decision.refusal == nil ? 0 : 1)
        for effect in decision.effects { add(effect) }
    }

    private mutating func add(_ effect: Effect) {
        switch effect {
        case .prepare(_, let revision): add(1 + 100 * revision.number)
        case .discard(_, let revision): add(2 + 100 * revision.number)
        case .spawn: add(3)
        case .end: add(4)
        case .openLane: add(5)
        case .drain: add(6)
        case .closeLane: add(7)
        case .publish(let endpoint):
            add(8)
            add(endpoint.endpoint.text)
            for deployment in endpoint.deployments {
                add(deployment.runs.count)
                for run in deployment.runs { add(run) }
            }
        case .unpublish(let name):
            add(9)
            add(name.text)
        case .startNode(let name):
            add(10)
            add(name.text)
        case .startGateway: add(11)
        case .retireGateway: add(12)
        case .farewell: add(13)
        case .notice: add(14)
        case .probe: add(15)
        case .compare: add(16)
        }
        if let run = effect.run { add(run) }
    }
}
