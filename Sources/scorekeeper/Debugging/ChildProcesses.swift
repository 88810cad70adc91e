// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The processes that another one started.
enum ChildProcesses {
    /// Their pids, in no order that means anything.
    static func of(_ pid: Int32) -> [Int32] {
        let folder = "/proc/\(pid)/task"
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return tasks.flatMap { task -> [Int32] in
            let text = FileManager.default.contents(atPath: "\(folder)/\(task)/children")
            return String(decoding: text ?? Data(), as: UTF8.self).split(separator: " ")
                .compactMap { Int32($0) }
        }
    }
}
