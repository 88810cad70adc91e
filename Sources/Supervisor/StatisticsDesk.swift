// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// Asking the gateway for its counters: who waits for which answer, and what was last known.
struct StatisticsDesk {
    /// Somebody who asked.
    typealias Asker = CheckedContinuation<Void, Never>

    private(set) var known: [DeploymentKey: DeploymentStatistics] = [:]
    private var arriving: [DeploymentKey: DeploymentStatistics] = [:]
    private var askers: [Int: Asker] = [:]
    private var asked = 0

    /// Counters of every deployment, in order of key.
    var all: [DeploymentStatistics] { known.sorted { $0.key < $1.key }.map(\.value) }

    /// A number for one more question.
    mutating func nextQuestion() -> Int {
        asked += 1
        return asked
    }

    /// Lets `asker` wait for the answer to question `id`.
    mutating func wait(for id: Int, _ asker: Asker) {
        askers[id] = asker
    }

    /// Hears of one deployment.
    mutating func hear(_ statistics: DeploymentStatistics) {
        arriving[statistics.key] = statistics
    }

    /// Hears that question `id` is answered in full.
    mutating func end(_ id: Int) {
        known = arriving
        arriving = [:]
        release(id)
    }

    /// Lets whoever waits for question `id` go on with what is known.
    mutating func release(_ id: Int) {
        askers.removeValue(forKey: id)?.resume()
    }

    /// Lets everybody go on: there is no gateway to answer.
    mutating func releaseAll() {
        arriving = [:]
        for id in askers.keys.sorted() { release(id) }
    }
}
