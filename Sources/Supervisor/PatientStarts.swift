// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Starts that give way to what serves, until their node says that they do so no longer.
///
/// A scorer that can answer gets no request before that: it would keep the request waiting for a
/// core that others want.
struct PatientStarts {
    /// The runs; true for those that can answer.
    private var runs: [Run: Bool] = [:]

    /// Those that can answer and wait for their node, in order.
    var waiting: [Run] { runs.filter(\.value).keys.sorted() }

    /// Notes a start that gives way.
    mutating func begin(_ run: Run) { runs[run] = false }

    /// Notes that a run can answer; answers whether its node must be heard first.
    mutating func noteReady(_ run: Run) -> Bool {
        guard runs[run] != nil else { return false }
        runs[run] = true
        return true
    }

    /// Notes that a run gives way no longer, or that nobody waits for that; answers whether it can
    /// answer.
    mutating func end(_ run: Run) -> Bool { runs.removeValue(forKey: run) ?? false }

    /// Forgets the others.
    mutating func keep(where isAlive: (Run) -> Bool) { runs = runs.filter { isAlive($0.key) } }
}
