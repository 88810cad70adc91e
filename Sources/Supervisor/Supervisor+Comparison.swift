// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Rulebook
import Vocabulary
import Wire

/// How the answers of two deployments compare, of which one gets copies of the other's requests.
///
/// Shape: the gateway compares and counts; here is said what it is to compare, and what it found.
extension Supervisor {
    /// How the gateway compares answers to copies with the live ones: as the deployment that gets
    /// the copies says; nothing where no copies are made or none are to be compared.
    func comparison(_ published: PublishedEndpoint) -> MirrorComparison? {
        guard let mirrored = published.deployments.first(where: { $0.mirrorPercent > 0 }) else {
            return nil
        }
        return shelf.document(mirrored.key, mirrored.revision)?.settings.mirrorComparison
    }

    func compare(
        _ deployment: DeploymentKey,
        with other: DeploymentName
    ) async throws(Problem) -> DeploymentComparison {
        let pair = (deployment, DeploymentKey(endpoint: deployment.endpoint, deployment: other))
        try checkComparable(pair.0, pair.1)
        await ask(within: Self.statisticsPatience) { .reportComparisons(id: $0) }
        let counters = await statistics()
        for (live, mirrored) in [(pair.0, pair.1), (pair.1, pair.0)] {
            let isDue = copies(to: mirrored, of: live)
            let tally = comparisons.tally(live: live, mirrored: mirrored)
            guard isDue || tally != nil else { continue }
            let settings = shelf.wanted(mirrored)?.settings
            if tally == nil, settings?.comparison == .off { throw notCompared(mirrored) }
            let asked = DeploymentComparison(
                live: live,
                mirrored: mirrored.deployment,
                mirrorPercent: isDue ? mirrorPercent(of: mirrored) : 0,
                tolerance: settings?.tolerance ?? 0
            )
            let mirror = counters.first { $0.key == mirrored }?.mirrored
            return tally.map { asked.counting($0, mirror) } ?? asked.counting(mirror)
        }
        throw notMirrored(pair.0, pair.1)
    }

    private func checkComparable(_ one: DeploymentKey, _ other: DeploymentKey) throws(Problem) {
        let isKnown = endpoints[one.endpoint] != nil
        guard isKnown || shelf.wanted.contains(where: { $0.key.endpoint == one.endpoint }) else {
            throw endpointNotFound(one.endpoint)
        }
        for key in [one, other] where shelf.wanted(key) == nil { throw deploymentNotFound(key) }
        guard one != other else {
            throw Problem(
                .invalid,
                code: "sameDeployment",
                what: "cannot compare '\(one.deployment)' with itself",
                remedy: "name two deployments of '\(one.endpoint)'"
            )
        }
    }

    // MARK: - Shares

    private func copies(to mirrored: DeploymentKey, of live: DeploymentKey) -> Bool {
        mirrorPercent(of: mirrored) > 0 && livePercent(of: live) > 0
    }

    private func mirrorPercent(of key: DeploymentKey) -> Int {
        guard let mirror = rulebook.traffic(of: key.endpoint)?.mirror,
            mirror.deployment == key.deployment
        else { return 0 }
        return mirror.percent
    }

    private func livePercent(of key: DeploymentKey) -> Int {
        let live = rulebook.traffic(of: key.endpoint)?.live ?? []
        return live.first { $0.deployment == key.deployment }?.percent ?? 0
    }

    // MARK: - Refusing

    private func notCompared(_ mirrored: DeploymentKey) -> Problem {
        Problem(
            .conflict,
            code: "comparisonOff",
            what: "the answers of '\(mirrored)' are not compared: its document says "
                + "'scorekeeper.rollout.compare: off'",
            remedy: "write 'report' there and update the deployment"
        )
    }

    private func notMirrored(_ one: DeploymentKey, _ other: DeploymentKey) -> Problem {
        let lives = [one, other].filter { livePercent(of: $0) > 0 }
        let update = "'scorekeeper online-endpoint update -n \(one.endpoint)"
        let remedy =
            switch lives.count {
            case 0:
                "let one of them answer requests and copy some to the other: \(update) --traffic "
                    + "\"\(one.deployment)=100\" --mirror-traffic \"\(other.deployment)=10\"'"
            case 1:
                "copy some requests: \(update) --mirror-traffic "
                    + "\"\(lives[0] == one ? other.deployment : one.deployment)=10\"'"
            default:
                "both answer requests: take one of them out of the traffic, then copy requests to it"
            }
        return Problem(
            .conflict,
            code: "notMirrored",
            what: "nothing is mirrored between '\(one.deployment)' and '\(other.deployment)' of "
                + "'\(one.endpoint)'",
            remedy: remedy
        )
    }
}
