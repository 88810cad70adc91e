// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What the referee knows of one run's probes, from what was asked and answered alone.
struct ProbeRecord {
    /// The kinds of which a question is open: an answer that nobody waits for was said before.
    var asked: Set<ProbeKind> = []
    /// Unanswered readiness probes in a row, and answered ones.
    var failures = 0
    var successes = 0
    /// Whether its readiness probe has failed.
    var isUnwell = false
    /// Unanswered liveness probes in a row.
    var silences = 0
    /// Whether its liveness probe has failed: to end it is recovery.
    var isDead = false
}

/// What the referee makes of probes.
extension Referee {
    mutating func noteAsked(_ run: Run, _ kind: ProbeKind) {
        probes[run, default: ProbeRecord()].asked.insert(kind)
    }

    mutating func noteProbed(_ run: Run, _ kind: ProbeKind, _ succeeded: Bool) {
        guard ready.contains(run), let revision = revisions[run],
            probes[run]?.asked.remove(kind) != nil, var known = probes[run]
        else { return }
        let key = run.instance.key
        guard let rules = version(key, revision)?.declaration.probes else { return }
        switch kind {
        case .readiness:
            guard let rule = rules.readiness else { return }
            known.failures = succeeded ? 0 : known.failures + 1
            known.successes = succeeded ? known.successes + 1 : 0
            if known.failures >= rule.failureThreshold { known.isUnwell = true }
            if known.successes >= rule.successThreshold { known.isUnwell = false }
        case .liveness:
            guard let rule = rules.liveness else { return }
            known.silences = succeeded ? 0 : known.silences + 1
            known.isDead = known.silences >= rule.failureThreshold
        }
        probes[run] = known
        // A revision that is watched may go for it; which one that is, is the rulebook's to know.
        if !succeeded {
            noteHopeless(key, revision)
            rollouts.returned.insert(key)
        }
    }

    func isUnwell(_ run: Run) -> Bool { probes[run]?.isUnwell == true }

    /// Whether a run may be left out of the route for what its probes say.
    func mayBeLeftOut(_ run: Run) -> Bool { isUnwell(run) || probes[run]?.isDead == true }

    /// Judges which of a deployment's runs are routed to.
    mutating func judgeUnwell(_ deployment: PublishedDeployment) {
        let unwell = deployment.runs.filter(isUnwell)
        if let first = unwell.first {
            let areAllUnwell = unwell.count == deployment.runs.count
            check(.unwellLeftOut, areAllUnwell, "\(first) is routed to beside others that are well")
        }
        let could = ready.filter {
            $0.instance.key == deployment.key && isUnwell($0) && !dismissed.contains($0)
        }
        // The only one there is may be ended for its liveness, and all for a revision's sake.
        let count = held.count { $0.key.key == deployment.key }
        guard !could.isEmpty, count > 1, routed[deployment.key]?.isEmpty == false else { return }
        check(
            .lastStaysRouted,
            !deployment.runs.isEmpty,
            "\(could) could answer, none is routed to"
        )
    }
}
