// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What the referee makes of probes.
extension Referee {
    mutating func noteProbed(_ run: Run, _ kind: ProbeKind, _ succeeded: Bool) {
        guard ready.contains(run), let revision = revisions[run] else { return }
        let key = run.instance.key
        guard let rule = version(key, revision)?.declaration.probes?.readiness else { return }
        if kind == .readiness {
            var known = probes[run] ?? (failures: 0, successes: 0, isUnwell: false)
            known.failures = succeeded ? 0 : known.failures + 1
            known.successes = succeeded ? known.successes + 1 : 0
            if known.failures >= rule.failureThreshold { known.isUnwell = true }
            if known.successes >= rule.successThreshold { known.isUnwell = false }
            probes[run] = known
        }
        // A revision that is watched may go for it; which one that is, is the rulebook's to know.
        if !succeeded {
            noteHopeless(key, revision)
            rollouts.returned.insert(key)
        }
    }

    func isUnwell(_ run: Run) -> Bool { probes[run]?.isUnwell == true }

    /// Judges which of a deployment's runs are routed to.
    mutating func judgeUnwell(_ deployment: PublishedDeployment) {
        let unwell = deployment.runs.filter(isUnwell)
        if let first = unwell.first {
            let areAllUnwell = unwell.count == deployment.runs.count
            check(.unwellLeftOut, areAllUnwell, "\(first) is routed to beside others that are well")
        }
        let could = ready.filter { $0.instance.key == deployment.key && isUnwell($0) }
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
