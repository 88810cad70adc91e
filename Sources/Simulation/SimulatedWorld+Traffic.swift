// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// Operators who declare endpoints and share their requests out.
extension SimulatedWorld {
    /// Somebody will share requests out, now and then by shares that break a rule.
    mutating func planTraffic(until end: Duration) {
        guard faults.traffic else { return }
        let longest = Int(end.wholeMilliseconds)
        for _ in 0..<people.number(2...8) {
            plan(.share, in: people.milliseconds(0...longest))
        }
    }

    mutating func share() {
        guard let rulebook else { return }
        let endpoint = people.pick(keys).endpoint
        if people.chance(1, in: 12) { return deliver(.endpointWithdrawn(endpoint)) }
        // Also one that is not there, which must be refused.
        let names = keys.filter { $0.endpoint == endpoint }.map(\.deployment)
        let there = names.filter {
            rulebook.declaration(of: DeploymentKey(endpoint: endpoint, deployment: $0)) != nil
        }
        let asked = people.chance(1, in: 6) ? names : there
        let first = people.pick([0, 10, 50, 90, 100])
        var live: [TrafficDeclaration.Share] = []
        if asked.count > 1 {
            // A tenth is lost now and then: what does not make 100 must be refused.
            let lost = people.chance(1, in: 6) ? 10 : 0
            live = [
                TrafficDeclaration.Share(asked[0], percent: first),
                TrafficDeclaration.Share(asked[1], percent: 100 - first - lost),
            ]
        } else if let only = asked.first, first != 0 {
            live = [TrafficDeclaration.Share(only, percent: people.chance(1, in: 6) ? first : 100)]
        }
        let idle = asked.first { name in
            !live.contains { $0.deployment == name && $0.percent != 0 }
        }
        let mirror = idle.map {
            TrafficDeclaration.Share($0, percent: people.pick([0, 10, 50, 60]))
        }
        deliver(
            .trafficDeclared(TrafficDeclaration(endpoint: endpoint, live: live, mirror: mirror))
        )
    }
}
