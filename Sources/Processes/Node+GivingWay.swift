// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// What runs and warmed parents count for: the effects of what `GivingWay` decides.
extension Node {
    /// Has a run count in full, whether it has a process yet or waits for its parent.
    func countInFull(_ run: Run) {
        do throws(SystemError) {
            try held[run]?.countInFull()
        } catch {
            decide(.noticed("'\(run)' still gives way to others: \(error)"))
        }
        hurryParents()
    }

    /// Has parents count in full that a run waits for which gives way to nobody.
    func hurryParents() {
        for run in warmOrders.keys.sorted() where !givingWay.includes(run) {
            guard let order = warmOrders[run], let python = spawner.warmProgram(order),
                let parent = parents[python.environment]
            else { continue }
            set(parent, givesWay: false)
        }
    }

    /// Whether all who wait for the parent of this environment give way.
    func everyoneGivesWay(waitingFor environment: String) -> Bool {
        warmOrders.allSatisfy { run, order in
            spawner.warmProgram(order)?.environment != environment || givingWay.includes(run)
        }
    }

    /// Sets what a parent counts for.
    func set(_ parent: WarmedParent, givesWay: Bool) {
        do throws(SystemError) {
            try parent.setGivesWay(givesWay)
        } catch {
            let name = parent.environment.prefix(12)
            decide(.noticed("the warmed parent of '\(name)' counts as before: \(error)"))
        }
    }
}
