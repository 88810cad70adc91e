// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// The right to build or remove one environment, among all processes that use the folder.
///
/// The kernel gives it back when the process ends, however it ended. The file stays, empty:
/// removing it would let two processes lock two files of one name.
final class FolderLock: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Takes the lock at `path`; nothing where somebody else holds it.
    static func take(_ path: String) throws(Problem) -> FolderLock? {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Problem.system("cannotLock", "open '\(path)'") }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FolderLock(descriptor) }
        defer { _ = close(descriptor) }
        if errno == EWOULDBLOCK { return nil }
        throw Problem.system("cannotLock", "lock '\(path)'")
    }

    /// Takes the lock at `path`, waiting for who holds it; `waiting` is called once if so.
    ///
    /// Errors: `late` after `deadline`, `cancelled` when the task is.
    static func wait(
        _ path: String,
        until deadline: ContinuousClock.Instant,
        waiting: () -> Void
    ) async throws(Problem) -> FolderLock {
        var isFirst = true
        while true {
            if let lock = try take(path) { return lock }
            if isFirst { waiting() }
            isFirst = false
            guard ContinuousClock.now < deadline else { throw .late() }
            // The holder is another process: there is nothing of it that could be awaited.
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw .cancelled()
            }
        }
    }

    deinit {
        // Closing is not enough: a child that has been forked and not yet become its program holds
        // the same open file for a moment.
        _ = flock(descriptor, LOCK_UN)
        _ = close(descriptor)
    }
}

extension Problem {
    /// A build that took longer than it may.
    static func late() -> Problem {
        Problem(
            .failed,
            code: "buildLate",
            what: "cannot build the environment: its time is up",
            remedy: "look at its log, and ask again when the registry answers"
        )
    }

    /// A build that nobody wants any more.
    static func cancelled() -> Problem {
        Problem(.failed, code: "cancelled", what: "cannot build the environment: it was cancelled")
    }
}
