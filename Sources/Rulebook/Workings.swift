// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What was worked out of each endpoint, for as long as nothing changes of it.
///
/// After each decision the same is asked of all of them, of which it changed one. None of this is
/// known of the world: rulebooks that know the same are equal, whatever they have worked out, and
/// nothing of it is kept on the disk.
struct Workings: Equatable, Sendable {
    /// What stands where the deadlines of instances do not apply, or begin to.
    struct Condition: Equatable, Sendable {
        let reachable: [NodeName]
        let hasGateway: Bool
        let isLeaving: Bool
    }

    /// What was found of all.
    struct Findings: Sendable {
        let condition: Condition
        /// When time alone changes something of an endpoint; those where it does.
        var deadlines: [EndpointName: Moment] = [:]
        /// Deployments whose answers are watched, of endpoints that have such.
        var watched: [EndpointName: [DeploymentKey]] = [:]
    }

    /// Nothing where it was not worked out since all of it changed.
    var findings: Findings?

    static func == (left: Workings, right: Workings) -> Bool { true }
}

extension Rulebook {
    /// Works out all that is asked after each decision.
    mutating func workOut() {
        workings = Workings()
        workings.findings = findings
    }

    /// Works it out once more of some endpoints; of all where it holds under other conditions now.
    mutating func workOut(_ scope: [EndpointName]) {
        guard var known = workings.findings, known.condition == condition else { return workOut() }
        for endpoint in scope {
            let places = deployments.range(of: endpoint, by: \.key.endpoint)
            known.deadlines[endpoint] = places.compactMap(deadline(ofDeploymentAt:)).min()
            let watched = places.filter { deployments[$0].isWatched }.map { deployments[$0].key }
            known.watched[endpoint] = watched.isEmpty ? nil : watched
        }
        workings.findings = known
    }

    /// What was worked out, or is now.
    var findings: Workings.Findings {
        if let known = workings.findings { return known }
        var found = Workings.Findings(condition: condition)
        for place in deployments.indices {
            let endpoint = deployments[place].key.endpoint
            if let deadline = deadline(ofDeploymentAt: place) {
                found.deadlines[endpoint] = min(deadline, found.deadlines[endpoint] ?? .never)
            }
            if deployments[place].isWatched {
                found.watched[endpoint, default: []].append(deployments[place].key)
            }
        }
        return found
    }

    private var condition: Workings.Condition {
        Workings.Condition(
            reachable: capacity.shares.filter(\.isReachable).map(\.node),
            hasGateway: gateway.peer.isJoined,
            isLeaving: isLeaving
        )
    }

    private func deadline(ofDeploymentAt place: Int) -> Moment? {
        let deployment = deployments[place]
        var moments = deployment.instances.map { deadline(of: $0) }
        moments.append(deployment.rollout?.overAt)
        if !isLeaving { moments.append(deployment.comparisonDeadline) }
        return moments.compactMap(\.self).min()
    }
}
