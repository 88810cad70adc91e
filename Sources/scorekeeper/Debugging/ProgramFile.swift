// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A program's file, looked at again and again for whether it was built anew.
///
/// A compiler writes for a while: the file counts as changed once it has been the same for two looks
/// and can be run.
struct ProgramFile {
    private struct Facts: Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let path: String
    private var running: Facts?
    private var last: Facts?

    init(_ path: String) {
        self.path = path
        running = Self.facts(path)
        last = running
    }

    /// Whether it is another one than was started; what is seen now is then the one that was.
    mutating func hasChanged() -> Bool {
        let now = Self.facts(path)
        defer { last = now }
        guard let now, now == last, now != running, access(path, X_OK) == 0 else { return false }
        running = now
        return true
    }

    private static func facts(_ path: String) -> Facts? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_size > 0 else { return nil }
        return Facts(
            inode: UInt64(facts.st_ino),
            size: Int64(facts.st_size),
            seconds: facts.st_mtim.tv_sec,
            nanoseconds: facts.st_mtim.tv_nsec
        )
    }
}
