// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Where a build says what it does, and everybody who waits for it hears it, in order.
final class ProgressBoard: Sendable {
    private struct State {
        var listeners: [(number: Int, hear: @Sendable (String) -> Void)] = []
        var lastLine: String?
    }

    private let state = Mutex(State())

    /// Adds a listener; it hears at once what is going on.
    func add(_ number: Int, _ hear: @escaping @Sendable (String) -> Void) {
        let line = state.withLock { state in
            state.listeners.append((number, hear))
            return state.lastLine
        }
        if let line { hear(line) }
    }

    /// Removes a listener.
    func remove(_ number: Int) {
        state.withLock { $0.listeners.removeAll { $0.number == number } }
    }

    /// Tells all.
    func tell(_ line: String) {
        let listeners = state.withLock { state in
            state.lastLine = line
            return state.listeners
        }
        for listener in listeners { listener.hear(line) }
    }
}
