// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the gateway shall know.
extension Rulebook {
    /// Hands the gateway the lane of every process that waits for one.
    mutating func steerLanes(_ work: inout Deliberation) {
        guard gateway.peer.isJoined else { return }
        for path in paths {
            guard case .starting(var starting) = self[path].state,
                starting.live.pid != nil, !starting.live.hasLane,
                capacity.isJoined(starting.reservation.node)
            else { continue }
            starting.live.hasLane = true
            starting.deadline =
                work.now + (declaration(for: self[path])?.startDeadline ?? .zero)
            self[path].state = .starting(starting)
            work.add(
                .openLane(
                    starting.live.run,
                    on: starting.reservation.node,
                    revision: self[path].revision
                ),
                because: "run \(starting.live.run) has a process and no lane"
            )
        }
    }

    /// Tells the gateway what has changed since it was told last.
    mutating func steerRoutes(_ work: inout Deliberation) {
        guard gateway.peer.isJoined else { return }
        let wanted = routes(work.policy)
        let known = gateway.published
        for endpoint in wanted {
            let place = known.place(of: endpoint.endpoint, by: \.endpoint)
            let hasChanged = place.map { known[$0] } != endpoint
            guard work.policy.mustPublish(hasChanged, gateway.hasJoinedAnew) else { continue }
            let why = hasChanged ? "what is known of it has changed" : "a gateway joined"
            work.add(.publish(endpoint), because: "\(endpoint.endpoint): \(why)")
        }
        let left = known.map(\.endpoint).filter { name in
            wanted.place(of: name, by: \.endpoint) == nil
        }
        for name in left + (gateway.hasJoinedAnew ? gateway.stale : [])
        where !wanted.contains(where: { $0.endpoint == name }) {
            work.add(.unpublish(name), because: "no deployment is left behind '\(name)'")
        }
        gateway.stale.removeAll { name in wanted.contains { $0.endpoint == name } }
        for name in left where !gateway.stale.contains(name) { gateway.stale.append(name) }
        gateway.published = wanted
        gateway.hasJoinedAnew = false
    }

    /// Has the gateway drain what shall go: it has no lease, so no route leads there any more.
    mutating func steerDrains(_ work: inout Deliberation) {
        guard gateway.peer.isJoined else { return }
        for path in paths {
            guard case .draining(var draining) = self[path].state, !draining.isTold,
                draining.live.hasLane
            else { continue }
            draining.isTold = true
            self[path].state = .draining(draining)
            work.add(.drain(draining.live.run), because: self[path].reason)
        }
    }

    /// Every endpoint as it shall be known, in order of name.
    private func routes(_ policy: Policy) -> [PublishedEndpoint] {
        var endpoints: [PublishedEndpoint] = []
        // Both are in order: those of one endpoint stand together.
        var declared = traffic.map(\.endpoint)[...]
        var together: [PublishedDeployment] = []
        func add(_ endpoint: EndpointName) {
            while let first = declared.first, first <= endpoint {
                if first < endpoint {
                    endpoints.append(PublishedEndpoint(endpoint: first, deployments: []))
                }
                declared.removeFirst()
            }
            endpoints.append(PublishedEndpoint(endpoint: endpoint, deployments: together))
            together = []
        }
        for deployment in deployments where !deployment.isWithdrawn {
            if let first = together.first?.key.endpoint, first != deployment.key.endpoint {
                add(first)
            }
            together.append(published(deployment, policy))
        }
        if let first = together.first?.key.endpoint { add(first) }
        return endpoints + declared.map { PublishedEndpoint(endpoint: $0, deployments: []) }
    }

    private func published(_ deployment: Deployment, _ policy: Policy) -> PublishedDeployment {
        let revision = deployment.current ?? deployment.target ?? deployment.next
        let declaration =
            revision.flatMap { deployment.record($0)?.declaration } ?? deployment.declared
        return PublishedDeployment(
            key: deployment.key,
            revision: declaration.revision,
            percent: policy.heedsTraffic()
                ? percent(of: deployment, as: declaration) : declaration.percent,
            mirrorPercent: traffic(of: deployment.key.endpoint)?
                .mirrored(to: deployment.key.deployment) ?? 0,
            keptRequests: deployment.keptRequests,
            availability: deployment.despair.map { .failed($0) } ?? .open,
            runs: routed(of: deployment, policy)
        )
    }
}

extension Deployment {
    /// Why no run of it is to be expected; nothing while one serves or may come.
    var despair: String? {
        if serving > 0 { return nil }
        if let problem = halt?.problem, wanted == nil { return problem.description }
        // A revision that served before is never given up; its callers need not wait for it.
        let troubled = instances.filter { !$0.state.isLeaving }
        guard next == nil, !troubled.isEmpty,
            troubled.allSatisfy({
                $0.history.unreadyStarts >= Timings.startsBeforeGivingUp && $0.servedSince == nil
            })
        else { return nil }
        return troubled.first?.problem
    }
}
