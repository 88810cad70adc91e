// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// How requests are shared out, judged by what was asked for and granted.
extension Referee {
    /// Called with each granted request.
    mutating func noteTrafficGranted(_ event: Event) {
        switch event {
        case .trafficDeclared(let wanted): traffic[wanted.endpoint] = wanted
        case .endpointWithdrawn(let endpoint): traffic[endpoint] = nil
        case .withdrawn(let key):
            guard let known = traffic[key.endpoint] else { return }
            let percent = Self.percent(of: key.deployment, among: known.live)
            check(.liveIsKept, percent == 0, "\(key) is let go and answers \(percent)%")
            if known.mirror?.deployment == key.deployment {
                let live = TrafficDeclaration(endpoint: key.endpoint, live: known.live)
                traffic[key.endpoint] = live
            }
        default: break
        }
    }

    /// Judges the shares of an endpoint that is published.
    mutating func judgeShares(of endpoint: PublishedEndpoint) {
        guard let declared = traffic[endpoint.endpoint] else { return }
        let sum = endpoint.deployments.reduce(0) { $0 + $1.percent }
        check(.sharesWhole, sum == 0 || sum == 100, "\(endpoint.endpoint) shares out \(sum)%")
        for deployment in endpoint.deployments {
            let name = deployment.key.deployment
            let percent = Self.percent(of: name, among: declared.live)
            let copied = Self.percent(of: name, among: declared.mirror.map { [$0] } ?? [])
            check(
                .sharesAsDeclared,
                deployment.percent == percent && deployment.mirrorPercent == copied,
                "\(deployment.key) gets \(deployment.percent)% and copies of "
                    + "\(deployment.mirrorPercent)%, not \(percent)% and \(copied)%"
            )
        }
    }

    /// A deployment's percent of the requests, where its declaration says `declared`.
    func percent(of key: DeploymentKey, declared: Int) -> Int {
        guard let traffic = traffic[key.endpoint] else { return declared }
        return Self.percent(of: key.deployment, among: traffic.live)
    }

    private static func percent(
        of name: DeploymentName,
        among shares: [TrafficDeclaration.Share]
    ) -> Int {
        shares.first { $0.deployment == name }?.percent ?? 0
    }
}
