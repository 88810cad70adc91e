// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary

/// Measures what the dispatcher does for a request, with and without split and mirror; prints JSON.
///
/// Rounds of each way take turns, so that a busy machine is unfair to all alike; the best counts.
@main
struct DispatchBench {
    private static let rounds = 20
    private static let requests = 100_000

    static func main() {
        let ways = [
            Way(name: "one deployment", percents: [100], copied: 0),
            Way(name: "split 90/10", percents: [90, 10], copied: 0),
            Way(name: "split over 20", percents: Array(repeating: 5, count: 20), copied: 0),
            Way(name: "one deployment, 10% mirrored", percents: [100], copied: 10),
            Way(name: "one deployment, 50% mirrored", percents: [100], copied: 50),
        ]
        var best = [Double](repeating: .infinity, count: ways.count)
        for _ in 0..<rounds {
            for (place, way) in ways.enumerated() {
                best[place] = min(best[place], nanoseconds(of: way))
            }
        }
        let rows = zip(ways, best).map { "{\"what\":\"\($0.name)\",\"nanoseconds\":\($1)}" }
        print("[\(rows.joined(separator: ","))]")
    }

    /// One way of handing requests out.
    struct Way {
        let name: String
        let percents: [Int]
        let copied: Int
    }

    private static func nanoseconds(of way: Way) -> Double {
        var world = World(way)
        let clock = ContinuousClock()
        let spent = clock.measure {
            for _ in 0..<requests { world.serveOne() }
        }
        let parts = spent.components
        return (Double(parts.seconds) * 1e9 + Double(parts.attoseconds) / 1e9) / Double(requests)
    }
}

/// A dispatcher whose lanes answer at once.
private struct World {
    private var dispatcher = Dispatcher()
    private var deployments: [DeploymentID] = []
    private let shadow: DeploymentID
    private let split: TrafficSplit
    private var sequence: UInt64 = 0
    private var share: TrafficShare
    private var effects: [DispatchEffect] = []
    private var now = Moment(nanoseconds: 1_000_000_000)

    init(_ way: DispatchBench.Way) {
        split = TrafficSplit(percents: way.percents)
        share = TrafficShare(percent: way.copied)
        shadow = dispatcher.addDeployment(DeploymentRules())
        for _ in way.percents { deployments.append(dispatcher.addDeployment(DeploymentRules())) }
        for deployment in deployments + [shadow] {
            let lane = dispatcher.addLane(
                to: deployment,
                revision: Revision(number: 1),
                calls: 4,
                slots: 8,
                at: now
            )
            for event in [DispatchEvent.laneRouted(lane, true), .laneReady(lane)] {
                _ = dispatcher.decide(event, at: now)
            }
        }
    }

    mutating func serveOne() {
        now = now + .microseconds(1)
        guard let position = split.choose(sequence: sequence) else { return }
        sequence &+= 1
        let admission = dispatcher.admit(to: deployments[position], length: 100, at: now)
        guard case .admitted(let request, _) = admission,
            dispatcher.grow(request, by: 100) == nil
        else { return }
        dispatcher.decide(.arrived(request, digest: 0), at: now, into: &effects)
        if share.next(),
            case .admitted(let copy, _) = dispatcher.admitCopy(to: shadow, length: 100, at: now)
        {
            dispatcher.decide(.arrived(copy, digest: 0), at: now, into: &effects)
            dispatcher.decide(.answered(copy), at: now, into: &effects)
        }
        dispatcher.decide(.answered(request), at: now, into: &effects)
        effects.removeAll(keepingCapacity: true)
    }
}
