// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One build that is under way and everybody who waits for it.
struct Flight {
    /// One who waits.
    struct Waiter {
        let progress: @Sendable (String) -> Void
        let continuation: CheckedContinuation<Result<BuiltEnvironment, Problem>, Never>
    }

    /// Tells this flight from a later one of the same environment.
    let number: Int
    /// The build.
    let task: Task<Void, Never>
    /// Who waits, by number.
    var waiters: [Int: Waiter] = [:]
    /// The last line of progress, for who comes later.
    var lastLine: String?
}
