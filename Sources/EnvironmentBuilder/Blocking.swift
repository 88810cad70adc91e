// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// Work that waits for the disk, done on a thread of its own.
///
/// The threads that run tasks are as few as the cores; one that waits for a disk is missed by all.
enum Blocking {
    /// Runs `body` on another thread and answers what it answers.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let result: Result<Value, Problem> = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(returning: Result { () throws(Problem) in try body() })
            }
            thread.name = "disk"
            thread.start()
        }
        return try result.get()
    }
}
