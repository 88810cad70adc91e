// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// Asking the gateway how mirrored answers compare with live ones: who waits for which answer, and
/// what was last known.
struct ComparisonBoard {
    /// Somebody who asked.
    typealias Asker = CheckedContinuation<Void, Never>

    private(set) var known: [MirrorTally] = []
    private var arriving: [MirrorTally] = []
    private var askers: [Int: Asker] = [:]
    private var asked = 0
    private var answered = 0

    /// What is known of two deployments: of their newest revisions, the mirrored one first.
    func tally(live: DeploymentKey, mirrored: DeploymentKey) -> MirrorTally? {
        known.filter { $0.pair.live == live && $0.pair.mirrored == mirrored }.max { one, other in
            (one.pair.mirroredRevision, one.pair.liveRevision)
                < (other.pair.mirroredRevision, other.pair.liveRevision)
        }
    }

    /// A number for one more question.
    mutating func nextQuestion() -> Int {
        asked += 1
        return asked
    }

    /// Lets `asker` wait for the answer to question `id`.
    mutating func wait(for id: Int, _ asker: Asker) {
        askers[id] = asker
    }

    /// Hears of one pair of revisions.
    mutating func hear(_ tally: MirrorTally) {
        arriving.append(tally)
    }

    /// Hears that question `id` is answered in full.
    mutating func end(_ id: Int) {
        known = arriving
        arriving = []
        answered = max(answered, id)
        release(id)
    }

    /// Whether question `id` was answered: what the gateway was told before it, it has taken in.
    func isAnswered(_ id: Int) -> Bool { id <= answered }

    /// Lets whoever waits for question `id` go on with what is known.
    mutating func release(_ id: Int) {
        askers.removeValue(forKey: id)?.resume()
    }

    /// Lets everybody go on: the gateway that could have answered is gone, and what it had found too.
    mutating func releaseAll() {
        known = []
        arriving = []
        for id in askers.keys.sorted() { release(id) }
    }
}
