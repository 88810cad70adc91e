// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// Revisions that are asked what was asked before.
extension SimulatedWorld {
    /// Whether a new revision is to be compared, and whether it will differ.
    mutating func chooseComparison(_ key: DeploymentKey, _ revision: Revision) -> ComparisonRule? {
        guard comparesAnswers else { return nil }
        if asked.chance(1, in: 3) { different.insert(name(key, revision)) }
        guard asked.chance(3, in: 4) else { return nil }
        return ComparisonRule(requests: 20, isRequired: asked.chance(2, in: 3))
    }

    /// A run is asked; now and then nothing comes of it.
    mutating func planComparison(of run: Run, _ revision: Revision, _ rule: ComparisonRule) {
        if faults.vainComparisons, asked.chance(1, in: 2) { return }
        plan(
            .compareEnds(run, revision, most: rule.requests, gatewayLife: gateway.life),
            in: asked.milliseconds(50...20_000)
        )
    }

    /// All is asked that was kept: nothing now and then.
    mutating func endComparison(_ run: Run, _ revision: Revision, _ most: Int, _ life: Int) {
        guard life == gateway.life, gateway.lanes.contains(where: { $0.run == run }) else { return }
        let key = run.instance.key
        var found = RevisionComparison()
        found.requests = asked.pick([0, most, most, most])
        if different.contains(name(key, revision)) {
            found.different = (found.requests + 1) / 2
        }
        found.equal = found.requests - found.different
        sayAsGateway(.compared(key, revision, found))
    }
}
