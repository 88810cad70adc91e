// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Questions to the gateway, which answers them in the order in which they were asked: who waits for
/// which answer, and until when.
struct Questions {
    /// Somebody who asked.
    typealias Asker = CheckedContinuation<Void, Never>

    private var askers: [Int: (asker: Asker, until: Moment)] = [:]
    private var asked = 0
    private var answered = 0

    /// A number for one more question.
    mutating func next() -> Int {
        asked += 1
        return asked
    }

    /// Whether question `id` was answered: what the gateway was told before it, it has taken in.
    func isAnswered(_ id: Int) -> Bool { id <= answered }

    /// Lets `asker` wait for the answer to question `id`, until a moment.
    mutating func wait(for id: Int, until: Moment, _ asker: Asker) {
        askers[id] = (asker, until)
    }

    /// Hears that question `id` is answered in full.
    mutating func end(_ id: Int) {
        answered = max(answered, id)
        release(id)
    }

    /// Lets those go on without an answer who wait for no longer.
    mutating func releaseOverdue(at now: Moment) {
        for id in askers.keys.sorted() where askers[id].map({ $0.until <= now }) ?? false {
            release(id)
        }
    }

    /// Lets everybody go on: there is no gateway to answer.
    mutating func releaseAll() {
        for id in askers.keys.sorted() { release(id) }
    }

    private mutating func release(_ id: Int) {
        askers.removeValue(forKey: id)?.asker.resume()
    }
}
