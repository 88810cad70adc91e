// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// Several deployments behind the endpoint of a gateway under test.
struct Blend {
    let gateway: GatewayUnderTest
    let endpoint: EndpointName
    var routes: [DeploymentRoute] = []
    var comparison: MirrorComparison?

    init(_ gateway: GatewayUnderTest, endpoint: EndpointName? = nil) {
        self.gateway = gateway
        self.endpoint = endpoint ?? gateway.endpoint
    }

    /// Where it is scored.
    var address: String { "/endpoints/\(endpoint)/score" }

    func key(_ name: String) throws -> DeploymentKey {
        DeploymentKey(endpoint: endpoint, deployment: try required(DeploymentName(name)))
    }

    func run(_ name: String, _ ordinal: Int = 1) throws -> Run {
        Run(instance: InstanceID(key: try key(name), ordinal: ordinal), incarnation: 1)
    }

    /// Adds a deployment with a scorer that answers with its name.
    @discardableResult
    mutating func add(
        _ name: String,
        percent: Int,
        mirror: Int = 0,
        calls: Int = 1,
        _ work: (@Sendable (ScorerUnderTest.Asked) -> ScorerUnderTest.Answer)? = nil
    ) throws -> ScorerUnderTest {
        try addWithoutScorer(name, percent: percent, mirror: mirror)
        let text = Array(name.utf8)
        let telling: @Sendable (ScorerUnderTest.Asked) -> ScorerUnderTest.Answer = { _ in
            .whole(status: 200, head: "", body: text)
        }
        return try gateway.startScorer(run(name), calls: calls, work ?? telling)
    }

    mutating func addWithoutScorer(_ name: String, percent: Int, mirror: Int = 0) throws {
        routes.append(
            DeploymentRoute(
                key: try key(name),
                percent: percent,
                contract: .native,
                availability: .open,
                runs: [try run(name)],
                deadlineMilliseconds: 60_000,
                retry: .once,
                statuses: .direct,
                mirrorPercent: mirror
            )
        )
    }

    mutating func change(_ name: String, _ body: (inout DeploymentRoute) -> Void) throws {
        let key = try key(name)
        guard let place = routes.firstIndex(where: { $0.key == key }) else {
            throw Stuck(what: "no deployment \(name)")
        }
        body(&routes[place])
    }

    /// Tells the gateway.
    func publish() throws {
        let route = EndpointRoute(
            endpoint: endpoint,
            deployments: routes.sorted { $0.key < $1.key },
            comparison: comparison
        )
        try gateway.send(.route(route))
        _ = try gateway.statistics()
    }

    /// What was counted of a deployment's copies.
    func mirrored(_ name: String) throws -> MirrorStatistics? {
        try gateway.statistics(of: key(name))?.mirrored
    }

    /// Waits until so many copies have an answer, or none will come.
    func waitForCopies(_ name: String, _ count: UInt64) throws -> MirrorStatistics {
        for _ in 0..<100_000 {
            if let counters = try mirrored(name),
                counters.answers.values.reduce(counters.unanswered, +) >= count
            {
                return counters
            }
        }
        throw Stuck(what: "\(count) copies are not over")
    }

    /// How the answers compare, once so many pairs were looked at.
    func tallies(ofPairs count: UInt64) throws -> [MirrorTally] {
        for _ in 0..<100_000 {
            try gateway.send(.reportComparisons(id: 1))
            var found: [MirrorTally] = []
            try gateway.report { report -> Bool? in
                switch report {
                case .comparison(let tally): found.append(tally)
                case .comparisonsEnd: return true
                default: break
                }
                return nil
            }
            if found.reduce(0, { $0 + $1.tally.pairs }) >= count { return found }
        }
        throw Stuck(what: "\(count) pairs were not compared")
    }
}
