// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether what serves is well.
extension Rulebook {
    /// Asks every run that is due.
    mutating func steerProbes(_ work: inout Deliberation) {
        guard gateway.peer.isJoined else { return }
        for path in paths {
            guard case .serving(var serving) = self[path].state,
                let rules = declaration(for: self[path])?.probes,
                let due = serving.probes?.takeDue(rules, at: work.now), !due.isEmpty
            else { continue }
            self[path].state = .serving(serving)
            for kind in due {
                guard let rule = rules.rule(kind) else { continue }
                work.add(
                    .probe(serving.live.run, kind, timeout: rule.timeout),
                    because: "its \(kind.rawValue) probe is due"
                )
            }
        }
    }

    /// Takes an answer to a probe, or that none came in time.
    mutating func noteProbed(
        _ run: Run,
        _ kind: ProbeKind,
        _ succeeded: Bool,
        _ work: inout Deliberation
    ) {
        guard let path = find(run, work.policy),
            case .serving(var serving) = self[path].state,
            let rule = declaration(for: self[path])?.probes?.rule(kind),
            let verdict = serving.probes?.note(kind, succeeded, rule, work.policy)
        else { return }
        self[path].state = .serving(serving)
        let times = Counted(rule.failureThreshold, "time")
        switch verdict {
        case .unchanged: return
        case .ready:
            note(path, "run \(run) answers its readiness probe again", &work)
            return
        case .unready:
            let reason = "run \(run) left its readiness probe unanswered \(times) in a row"
            self[path].problem = reason
            note(path, reason, &work)
        case .dead:
            let reason = "run \(run) left its liveness probe unanswered \(times) in a row"
            guard mayEnd(path) else {
                self[path].problem = reason
                return
            }
            stop(path, at: work.now, then: .restart, because: reason, &work)
        }
        haltForProbe(path, kind, &work)
    }

    /// Whether a run may be ended for its probe: not the last that serves while another is on its
    /// way; each further question left unanswered asks again.
    private func mayEnd(_ path: InstancePath) -> Bool {
        let others = deployments[path.deployment].instances.filter {
            $0.id != self[path].id && !$0.state.isLeaving
        }
        return others.contains(where: \.isServing) || others.allSatisfy { $0.state.lease != nil }
    }

    private mutating func note(
        _ path: InstancePath,
        _ reason: String,
        _ work: inout Deliberation
    ) {
        self[path].reason = reason
        work.note(self[path].id, is: .serving, because: reason)
    }

    /// Ends the rollout of a revision whose probes fail.
    private mutating func haltForProbe(
        _ path: InstancePath,
        _ kind: ProbeKind,
        _ work: inout Deliberation
    ) {
        let deployment = deployments[path.deployment]
        guard deployment.isWatched, let rollout = deployment.rollout,
            rollout.to == self[path].revision
        else { return }
        let problem = Problem(
            .failed,
            code: "probe",
            what: "'\(self[path].id)' of \(rollout.to) left its \(kind.rawValue) probe unanswered",
            remedy: "see 'scorekeeper logs \(deployment.key.endpoint) --all'"
        )
        halt(rollout, of: path.deployment, problem, &work)
    }

    /// The runs of a deployment that are to be given requests.
    ///
    /// Those whose readiness probe fails are left out, unless nothing else serves.
    func routed(of deployment: Deployment, _ policy: Policy) -> [Run] {
        let isWell = { (instance: Instance) in !instance.isUnready }
        let well = deployment.instances.filter(isWell).compactMap { policy.routed($0.state) }
        if policy.mayLeaveOut(!well.isEmpty) { return well }
        return deployment.instances.compactMap { policy.routed($0.state) }
    }
}
