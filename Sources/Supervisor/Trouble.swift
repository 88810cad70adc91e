// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What made a server end by itself: the first problem counts.
actor Trouble {
    private(set) var first: Problem?

    /// Keeps a problem, unless there was one before.
    func note(_ problem: Problem) {
        first = first ?? problem
    }

    /// Does some work, and lets the server leave where it throws.
    func leave(
        _ inbox: Inbox,
        after work: @Sendable () async throws(Problem) -> Void
    ) async {
        do throws(Problem) {
            try await work()
        } catch {
            note(error)
            inbox.put(.leave)
        }
    }
}
