// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Which starts give way to all that serves, and until when: every such decision, as a value.
///
/// A start may take its time, what is asked of those that serve may not. So it gets cores where
/// nobody else wants them, until it can answer. A machine that is never idle would keep it from
/// that for ever: after `patience` it counts as any other does.
struct GivingWay {
    /// How long a start gives way; shorter than `WarmedParents.forkPatience`, so that no parent is
    /// given up for it.
    let patience: Duration
    private var ends: [Run: Moment] = [:]

    /// Makes the value of a node that starts nothing yet.
    init(patience: Duration) { self.patience = patience }

    /// The next moment at which time alone changes something.
    var nextDeadline: Moment { ends.values.min() ?? .never }

    /// Whether the run gives way now.
    func includes(_ run: Run) -> Bool { ends[run] != nil }

    /// Notes that a start begins that gives way.
    mutating func begin(_ run: Run, now: Moment) { ends[run] = now + patience }

    /// Notes that the run can answer, or is gone; answers whether it gave way until now.
    mutating func end(_ run: Run) -> Bool { ends.removeValue(forKey: run) != nil }

    /// The runs that have given way for long enough, in order; they do so no longer.
    mutating func overdue(now: Moment) -> [Run] {
        let runs = ends.filter { $0.value <= now }.keys.sorted()
        for run in runs { ends[run] = nil }
        return runs
    }
}
