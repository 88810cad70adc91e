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
    ///
    /// A server that leaves already has cut the work off itself.
    func end(
        _ supervisor: Supervisor,
        after work: @Sendable () async throws(Problem) -> Void
    ) async {
        do throws(Problem) {
            try await work()
        } catch {
            guard await !supervisor.isLeaving else { return }
            note(error)
            supervisor.inbox.put(.leave)
        }
    }
}
