// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// The gateway's counters as it told them last.
struct StatisticsDesk {
    private(set) var known: [DeploymentKey: DeploymentStatistics] = [:]
    private var arriving: [DeploymentKey: DeploymentStatistics] = [:]

    /// Counters of every deployment, in order of key.
    var all: [DeploymentStatistics] { known.sorted { $0.key < $1.key }.map(\.value) }

    /// Hears of one deployment.
    mutating func hear(_ statistics: DeploymentStatistics) {
        arriving[statistics.key] = statistics
    }

    /// Hears that all was told.
    mutating func end() {
        known = arriving
        arriving = [:]
    }

    /// Forgets what a gateway told in part that is gone.
    mutating func forgetArriving() {
        arriving = [:]
    }
}
