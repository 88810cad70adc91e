// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary
import Wire

/// One endpoint: its deployments, whose turn it is, and who gets copies.
///
/// Confined to the loop.
final class Endpoint {
    let name: EndpointName
    private(set) var deployments: [Deployment] = []
    /// Where copies of what the split places go; nothing where none are made.
    private(set) var mirror: Mirror?
    private var percents: [Int] = []
    private var split = TrafficSplit(percents: [])
    private var sequence: UInt64 = 0

    init(name: EndpointName) {
        self.name = name
    }

    /// Takes over what the supervisor says; turns go on where they are.
    func follow(_ deployments: [Deployment], _ route: EndpointRoute) {
        self.deployments = deployments
        percents = route.deployments.map(\.percent)
        split = TrafficSplit(percents: percents)
        let target = route.deployments.firstIndex { $0.mirrorPercent > 0 && $0.percent <= 0 }
        let mirrored = target.map { deployments[$0] }
        if mirror?.deployment !== mirrored {
            // Requests that are coming in hold on to the old one.
            mirror?.follow(percent: 0, nil)
            mirror = mirrored.map { Mirror($0) }
        }
        if let target {
            mirror?.follow(percent: route.deployments[target].mirrorPercent, route.comparison)
        }
    }

    /// The deployment whose turn it is; nothing where none has traffic.
    var turn: Deployment? {
        split.choose(sequence: sequence).map { deployments[$0] }
    }

    /// A request took its turn.
    func takeTurn() { sequence &+= 1 }

    /// The deployment that speaks for the endpoint where no scoring is asked for: of those with
    /// traffic one that can serve, of those the one with most.
    func speaker(_ canServe: (Deployment) -> Bool) -> Deployment? {
        var found: Deployment?
        var most = 0
        for (deployment, percent) in zip(deployments, percents) where percent > 0 {
            let weight = canServe(deployment) ? percent + 100 : percent
            if weight > most { (found, most) = (deployment, weight) }
        }
        return found
    }

    /// The deployment that a client asked for by name.
    func named(_ name: String) -> Deployment? {
        deployments.first { $0.key.deployment.text == name }
    }
}
