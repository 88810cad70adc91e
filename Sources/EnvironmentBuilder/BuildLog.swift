// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Vocabulary

/// The file that a person reads while an environment is built, and afterwards; bounded.
final class BuildLog: Sendable {
    /// Most bytes in one log.
    static let mostBytes = 4 << 20

    /// Where the file is.
    let path: String
    private let descriptor: Int32
    private let written = Mutex(0)

    /// Begins a new log at `path`, replacing the one of an earlier try.
    init(path: String) throws(Problem) {
        let flags = O_CREAT | O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        descriptor = open(path, flags, 0o644)
        guard descriptor >= 0 else { throw Problem.system("cannotLog", "open the log '\(path)'") }
        self.path = path
    }

    /// Adds one line.
    ///
    /// What does not fit, or meets a full disk, is left out: a log never stops a build.
    func add(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        written.withLock { written in
            guard written + bytes.count <= Self.mostBytes else { return }
            written += bytes.count
            _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }

    deinit {
        _ = close(descriptor)
    }
}
