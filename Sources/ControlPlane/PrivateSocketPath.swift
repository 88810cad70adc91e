// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Vocabulary
import Wire

/// Binds a unix socket so that nobody but its owner can ever open it, under any umask.
///
/// It is bound inside a fresh folder of mode 0700, made 0600 there, and renamed into place: the
/// published name has never had another mode, and what a killed server left there is replaced in
/// the same step.
final class PrivateSocketPath: Sendable {
    /// Where to bind.
    let temporary: String
    private let folder: String
    private let path: String
    private let outcome = Mutex(Outcome())

    private struct Outcome {
        var isPublished = false
        var failure: Problem?
    }

    /// Makes the fresh folder beside `path`.
    init(_ path: String) throws(Problem) {
        self.path = path
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let template = strdup(parent.joined(separator: "/") + "/.c-XXXXXX")
        defer { free(template) }
        guard let template, mkdtemp(template) != nil else {
            throw Self.refusal(path, SystemError("make a folder beside it"))
        }
        self.folder = String(cString: template)
        self.temporary = folder + "/s"
    }

    /// Why publishing did not work; nothing while it did.
    var failure: Problem? { outcome.withLock { $0.failure } }

    /// Gives the bound socket its mode and its name.
    func publish() throws(Problem) {
        guard chmod(temporary, 0o600) == 0 else { throw fail("set its mode") }
        guard rename(temporary, path) == 0 else { throw fail("give it its name") }
        _ = rmdir(folder)
        outcome.withLock { $0.isPublished = true }
    }

    /// Takes away what was made.
    func remove() {
        if outcome.withLock({ $0.isPublished }) {
            _ = unlink(path)
        } else {
            _ = unlink(temporary)
            _ = rmdir(folder)
        }
    }

    private func fail(_ attempt: String) -> Problem {
        let problem = Self.refusal(path, SystemError(attempt))
        outcome.withLock { $0.failure = problem }
        return problem
    }

    private static func refusal(_ path: String, _ error: SystemError) -> Problem {
        Problem(
            .failed,
            code: "cannotListen",
            what: "cannot listen on '\(path)': \(error)",
            remedy: "name a state folder that you may write with --state"
        )
    }
}
