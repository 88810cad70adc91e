// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A run that may have a process: from the moment its spawn is decided until its exit is known.
package struct LiveRun: Codable, Hashable, Sendable {
    /// The run.
    package let run: Run
    /// Its pid as the host sees it; nothing until the node has told.
    package var pid: Int32?
    /// Whether the present gateway was given its lane.
    package var hasLane = false

    /// Makes a run that was just decided on.
    init(_ run: Run) {
        self.run = run
    }
}
