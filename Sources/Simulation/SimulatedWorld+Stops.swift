// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// Nodes that are stopped for a while, or get hardly any time; their scorers go on.
extension SimulatedWorld {
    /// A node that has answered nothing for about so long counts as silent.
    private static let patience = 3_000...4_000

    /// Nodes are stopped once, or again and again, or slow.
    mutating func planStops(until end: Duration) {
        guard faults.stops else { return }
        let longest = Int(end.wholeMilliseconds)
        for _ in 0..<nature.number(1...4) {
            let node = nature.number(0...nodes.count - 1)
            let start = nature.milliseconds(0...longest)
            switch nature.number(1...3) {
            case 1:
                plan(.stops(node: node, for: nature.milliseconds(4_000...60_000)), in: start)
            case 2:
                for burst in 0..<nature.number(3...10) {
                    let pause = start + .seconds(6) * burst
                    plan(.stops(node: node, for: nature.milliseconds(200...5_500)), in: pause)
                }
            default:
                plan(.slows(node: node, isSlow: true), in: start)
                let over = start + nature.milliseconds(5_000...60_000)
                plan(.slows(node: node, isSlow: false), in: over)
            }
        }
    }

    /// How much longer a slow node takes for all it says and hears: never so long as to be silent.
    mutating func lag(of node: Int) -> Duration {
        nodes[node].isSlow ? nature.milliseconds(0...2_500) : .zero
    }

    mutating func stop(_ node: Int, for length: Duration) {
        guard nodes[node].isAlive, !nodes[node].isStopped else { return }
        nodes[node].isStopped = true
        nodes[node].stops += 1
        plan(.goesOn(node: node, stop: nodes[node].stops), in: length)
        let silent = nature.milliseconds(Self.patience.lowerBound...Self.patience.upperBound)
        plan(.fallsSilent(node: node, stop: nodes[node].stops), in: silent)
    }

    /// Whether this is something that a stopped node will do when it goes on.
    mutating func isHeldUp(_ happening: Happening) -> Bool {
        switch happening {
        case .order(_, let node, let connection):
            guard nodes[node].isStopped, nodes[node].connection == connection else { return false }
            nodes[node].heldUp.append(happening)
        case .spawned(_, _, let node):
            guard nodes[node].isStopped else { return false }
            nodes[node].heldUp.append(happening)
        default: return false
        }
        return true
    }

    /// The supervisor notices that nothing comes.
    mutating func fallSilent(_ node: Int, _ stop: Int) {
        guard nodes[node].isStopped, nodes[node].stops == stop, nodes[node].isGreeted else {
            return
        }
        deliver(.nodeSilent(nodes[node].name))
    }

    mutating func goOn(_ node: Int, _ stop: Int) {
        guard nodes[node].isStopped, nodes[node].stops == stop else { return }
        let (heldUp, unsaid) = (nodes[node].heldUp, nodes[node].unsaid)
        let isGreetingOwed = nodes[node].isGreetingOwed
        forgetStop(node)
        // Whatever it says first tells that it is there.
        if isGreetingOwed {
            // Exits of the time in between are told with the greeting.
            for event in unsaid {
                if case .exited = event { nodes[node].unheard.append(event) }
            }
            greet(node)
        } else {
            say(.nodeHeard(nodes[node].name), from: node)
            for event in unsaid { say(event, from: node) }
        }
        for happening in heldUp { happen(happening) }
    }

    mutating func forgetStop(_ node: Int) {
        nodes[node].isStopped = false
        nodes[node].heldUp = []
        nodes[node].unsaid = []
        nodes[node].isGreetingOwed = false
    }
}
