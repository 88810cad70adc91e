// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One build that is under way and everybody who waits for it.
struct Flight {
    /// What one who waits gets in the end.
    typealias Continuation = CheckedContinuation<Result<BuiltEnvironment, Problem>, Never>

    /// Tells this flight from a later one of the same environment.
    let number: Int
    /// The build.
    let task: Task<Void, Never>
    /// Where it says what it does.
    let board: ProgressBoard
    /// Who waits, by number.
    var waiters: [Int: Continuation] = [:]
}
