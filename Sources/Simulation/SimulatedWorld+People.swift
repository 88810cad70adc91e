// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What operators command, and what callers are answered.
extension SimulatedWorld {
    /// How often answers are counted.
    static let countInterval = Duration.seconds(5)

    /// Somebody looks after a change that was just asked for.
    mutating func planCommands(_ key: DeploymentKey) {
        if people.chance(1, in: 2) {
            let pause = people.milliseconds(0...20_000)
            plan(.command(.rolloutPaused(key)), in: pause)
            plan(.command(.rolloutResumed(key)), in: pause + people.milliseconds(2_000...50_000))
        }
        if people.chance(1, in: 3) {
            plan(.command(.rolloutUndone(key)), in: people.milliseconds(0...60_000))
        }
        if people.chance(1, in: 6) {
            plan(.command(.rolloutUndone(key)), in: people.milliseconds(20_000...90_000))
        }
    }

    /// Somebody takes nodes out of service for a while.
    mutating func planDrains(until end: Duration) {
        guard faults.drains else { return }
        let longest = Int(end.wholeMilliseconds)
        for _ in 0..<people.number(1...3) {
            let node = people.pick(nodes).name
            let start = people.milliseconds(0...longest)
            plan(.command(.nodeDrained(node)), in: start)
            if people.chance(2, in: 3) {
                let back = start + people.milliseconds(5_000...90_000)
                plan(.command(.nodeUndrained(node)), in: back)
            }
        }
    }

    /// Three questions left unanswered are enough; a liveness probe has more patience.
    static let probes = ProbeRules(
        liveness: ProbeRule(period: .seconds(20), failureThreshold: 5),
        readiness: ProbeRule(period: .seconds(15), successThreshold: 2, failureThreshold: 3)
    )

    /// Scorers stop answering probes for a while, though they score.
    mutating func planIllness(until end: Duration) {
        guard hasProbes else { return }
        let longest = Int(end.wholeMilliseconds)
        for _ in 0..<people.number(2...5) {
            let start = people.milliseconds(0...longest)
            plan(.falls(ill: true), in: start)
            plan(.falls(ill: false), in: start + people.milliseconds(50_000...150_000))
        }
    }

    /// Some of what serves falls ill, now and then all of it; or all are well again.
    mutating func fall(ill isIll: Bool) {
        ill = []
        guard isIll else { return }
        let isEpidemic = people.chance(1, in: 4)
        ill = gateway.lanes.map(\.run).filter { _ in isEpidemic || people.chance(1, in: 2) }
    }

    mutating func endProbe(_ run: Run, _ kind: ProbeKind, _ life: Int) {
        guard life == gateway.life, gateway.lanes.contains(where: { $0.run == run }) else { return }
        sayAsGateway(.probed(run, kind, succeeded: !ill.contains(run)))
    }

    /// Tells what revisions answered in the last seconds, of deployments that are watched.
    mutating func countAnswers() {
        plan(.count, in: Self.countInterval)
        guard let watched = rulebook?.watched, gateway.isGreeted else { return }
        for deployment in gateway.routes.flatMap(\.deployments)
        where watched.contains(deployment.key) {
            var runs: [Revision: Int] = [:]
            for run in deployment.runs {
                if let revision = referee.revisions[run] { runs[revision, default: 0] += 1 }
            }
            for (revision, count) in runs.sorted(by: { $0.key < $1.key }) {
                let answers = 10 * count
                var percent = hasBadClients ? 40 : 0
                if failing.contains(name(deployment.key, revision)) { percent += 30 }
                let failures = answers * percent / 100
                deliver(
                    .answered(deployment.key, revision, answers: answers, failures: failures)
                )
            }
        }
    }
}
