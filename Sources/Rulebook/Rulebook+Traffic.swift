// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Endpoints that are things of their own, and how they share requests out.
extension Rulebook {
    /// What was declared of an endpoint's traffic; nothing where it never was.
    public func traffic(of endpoint: EndpointName) -> TrafficDeclaration? {
        traffic.place(of: endpoint, by: \.endpoint).map { traffic[$0] }
    }

    /// What the gateway was told last of an endpoint.
    public func published(_ endpoint: EndpointName) -> PublishedEndpoint? {
        gateway.published.place(of: endpoint, by: \.endpoint).map { gateway.published[$0] }
    }

    mutating func declareTraffic(_ wanted: TrafficDeclaration, _ work: inout Deliberation) {
        if let problem = objection(to: wanted, work.policy) { return work.refuse(problem) }
        traffic.removeAll { $0.endpoint == wanted.endpoint }
        let place = traffic.firstIndex { $0.endpoint > wanted.endpoint } ?? traffic.endIndex
        traffic.insert(wanted, at: place)
        work.noteChange()
    }

    /// Lets an endpoint go, with everything behind it.
    mutating func withdrawEndpoint(_ endpoint: EndpointName, _ work: inout Deliberation) {
        let isKnown =
            traffic(of: endpoint) != nil
            || deployments.contains { $0.key.endpoint == endpoint && !$0.isWithdrawn }
        guard isKnown else {
            return work.refuse(
                Problem(
                    .notFound,
                    code: "endpointNotFound",
                    what: "cannot delete '\(endpoint)': there is no such endpoint",
                    remedy: "see which there are with 'scorekeeper status'"
                )
            )
        }
        traffic.removeAll { $0.endpoint == endpoint }
        for deployment in deployments
        where deployment.key.endpoint == endpoint && !deployment.isWithdrawn {
            withdraw(deployment.key, &work)
        }
        work.noteChange()
    }

    /// A deployment's percent of its endpoint's requests.
    func percent(of deployment: Deployment, as declared: DeploymentDeclaration) -> Int {
        guard let traffic = traffic(of: deployment.key.endpoint) else { return declared.percent }
        return traffic.percent(of: deployment.key.deployment)
    }

    /// Why a deployment's going would leave requests without an answer; nothing when it would not.
    func liveTrafficObjection(to key: DeploymentKey, _ policy: Policy) -> Problem? {
        guard let traffic = traffic(of: key.endpoint) else { return nil }
        let percent = traffic.percent(of: key.deployment)
        guard !policy.mayLetGo(percent) else { return nil }
        return Problem(
            .conflict,
            code: "liveTraffic",
            what: "cannot delete '\(key)': it answers \(percent)% of the requests",
            remedy: "give its part to another: 'scorekeeper online-endpoint update -n "
                + "\(key.endpoint) --traffic \"OTHER=100\"', or delete the endpoint"
        )
    }

    private func objection(to wanted: TrafficDeclaration, _ policy: Policy) -> Problem? {
        if isLeaving {
            return Problem(
                .conflict,
                code: "leaving",
                what: "cannot change '\(wanted.endpoint)': the server is shutting down",
                remedy: "do it again when the server is back"
            )
        }
        return Self.formalObjection(to: wanted, policy) ?? unknownDeployment(in: wanted)
    }

    private static func formalObjection(
        to wanted: TrafficDeclaration,
        _ policy: Policy
    ) -> Problem? {
        for share in wanted.live where !(1...100).contains(share.percent) {
            return refusal(
                of: wanted,
                "traffic",
                "'\(share.deployment)' cannot answer \(share.percent)% of the requests",
                "give each deployment 0 to 100"
            )
        }
        let sum = wanted.live.reduce(0) { $0 + $1.percent }
        if !policy.mayShare(sum) {
            let parts = wanted.live.map { "\($0.deployment)=\($0.percent)" }
            return refusal(
                of: wanted,
                "traffic",
                "\(parts.joined(separator: " ")) makes \(sum)%",
                "make it 100 in sum, or 0 for an endpoint that answers nobody"
            )
        }
        guard let mirror = wanted.mirror else { return nil }
        let limit = TrafficDeclaration.mostMirrored
        if !(1...limit).contains(mirror.percent) {
            return refusal(
                of: wanted,
                "mirrorTraffic",
                "\(mirror.percent)% of the requests cannot be copied to '\(mirror.deployment)'",
                "copy 0 to \(limit)"
            )
        }
        if wanted.percent(of: mirror.deployment) > 0 {
            return refusal(
                of: wanted,
                "mirrorTraffic",
                "'\(mirror.deployment)' cannot answer requests and be sent copies of them",
                "take it out of the traffic, or out of the mirrored traffic"
            )
        }
        return nil
    }

    private func unknownDeployment(in wanted: TrafficDeclaration) -> Problem? {
        let known = deployments.filter { $0.key.endpoint == wanted.endpoint && !$0.isWithdrawn }
            .map(\.key.deployment)
        let named = wanted.live.map(\.deployment) + (wanted.mirror.map { [$0.deployment] } ?? [])
        guard let stranger = named.first(where: { !known.contains($0) }) else { return nil }
        let there = known.map { "'\($0)'" }.joined(separator: ", ")
        return Problem(
            .notFound,
            code: "deploymentNotFound",
            what: "cannot share out the requests of '\(wanted.endpoint)': it has no deployment "
                + "'\(stranger)'" + (known.isEmpty ? "" : ", but \(there)"),
            remedy: "create it first: 'scorekeeper online-deployment create -f FILE'"
        )
    }

    private static func refusal(
        of wanted: TrafficDeclaration,
        _ code: String,
        _ what: String,
        _ remedy: String
    ) -> Problem {
        Problem(
            .invalid,
            code: code,
            what: "cannot share out the requests of '\(wanted.endpoint)': \(what)",
            remedy: remedy
        )
    }
}
