// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What a scorer started and left running when it ended.
///
/// Its group is ended with it. A process that left the group is found by a mark in the environment
/// that it inherited, provided that it has come to us: see `linux_become_subreaper`.
enum Strays {
    /// Ends every child of ours that carries the mark.
    static func end(marked mark: String) {
        let wanted = Data(mark.utf8)
        var isFound = true
        while isFound {
            isFound = false
            for pid in children() {
                let path = "/proc/\(pid)/environ"
                guard let environment = FileManager.default.contents(atPath: path),
                    environment.range(of: wanted) != nil
                else { continue }
                _ = kill(pid, SIGKILL)
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                isFound = true
            }
        }
    }

    private static func children() -> [Int32] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.flatMap { task -> [Int32] in
            let path = "/proc/self/task/\(task)/children"
            let text = FileManager.default.contents(atPath: path) ?? Data()
            return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap {
                Int32($0)
            }
        }
    }
}
