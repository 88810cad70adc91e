// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// What the gateway found when it compared mirrored answers with live ones, as it told last.
struct ComparisonBoard {
    private(set) var known: [MirrorTally] = []
    private var arriving: [MirrorTally] = []

    /// What is known of two deployments: of their newest revisions, the mirrored one first.
    func tally(live: DeploymentKey, mirrored: DeploymentKey) -> MirrorTally? {
        known.filter { $0.pair.live == live && $0.pair.mirrored == mirrored }.max { one, other in
            (one.pair.mirroredRevision, one.pair.liveRevision)
                < (other.pair.mirroredRevision, other.pair.liveRevision)
        }
    }

    /// Hears of one pair of revisions.
    mutating func hear(_ tally: MirrorTally) {
        arriving.append(tally)
    }

    /// Hears that all was told.
    mutating func end() {
        known = arriving
        arriving = []
    }

    /// Forgets what a gateway had found that is gone.
    mutating func forget() {
        known = []
        arriving = []
    }
}
