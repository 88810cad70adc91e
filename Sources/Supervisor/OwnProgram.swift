// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary
import Wire

/// The executable that this process runs, kept open: gateway and nodes are started from it.
///
/// An installer may replace the file, or remove it, while the server runs. What it starts from then on
/// is still what it is itself, until it hands over to the new one.
final class OwnProgram: Sendable {
    /// Where it lay when we were started.
    let path: String
    /// Which file it is; nothing where that cannot be told.
    let identity: ProgramIdentity?
    private let file: Descriptor

    /// Opens our own executable.
    ///
    /// Errors: `ownExecutable` where /proc is not mounted.
    convenience init() throws(Problem) {
        try self.init(path: try Server.ownExecutable(), opening: "/proc/self/exe")
    }

    /// Opens `source`, which lies, or lay, at `path`.
    init(path: String, opening source: String) throws(Problem) {
        let number = open(source, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            throw Problem(
                .failed,
                code: "ownExecutable",
                what: "cannot open our own executable: \(String(cString: strerror(errno)))",
                remedy: "mount /proc"
            )
        }
        self.path = path
        file = Descriptor(owning: number)
        identity = ProgramIdentity(of: "/proc/self/fd/\(number)", version: Release.version)
    }

    /// What to execute: its path where it still lies there, else the file that is kept open.
    var place: String { isInPlace ? path : "/proc/self/fd/\(file.number)" }

    /// Whether the file at `path` is still the one that we run.
    var isInPlace: Bool { ProgramIdentity(of: path, version: Release.version) == identity }

    /// What a person should know once it is not.
    var notice: String? {
        if isInPlace { return nil }
        let kept = "this server, and what it starts, goes on with the old one"
        guard access(path, F_OK) == 0 else {
            return "the executable '\(path)' is not there any more: \(kept)"
        }
        return "the executable '\(path)' was replaced: \(kept); 'scorekeeper handover' has the "
            + "new one take over"
    }
}
