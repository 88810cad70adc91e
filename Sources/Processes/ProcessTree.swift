// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation

/// A process and all that descends from it, as the kernel lists them.
struct ProcessTree {
    let root: Int32

    /// Most looks at a tree that grows while it is looked at.
    private static let mostLooks = 64

    /// Has every thread of the tree run as any other does.
    ///
    /// What a thread starts is as it is: once a look finds none that gives way, there is none.
    func countInFull() {
        for _ in 0..<Self.mostLooks {
            let late = threads().filter { linux_gives_way($0) == 1 }
            if late.isEmpty { return }
            for thread in late { _ = linux_give_way(thread, 0) }
        }
    }

    /// Has every thread of the tree run only where no other wants the core.
    func giveWay() {
        for thread in threads() { _ = linux_give_way(thread, 1) }
    }

    /// The threads that there are now.
    func threads() -> [Int32] {
        var found: [Int32] = []
        var processes = [root]
        while let process = processes.popLast() {
            let folder = "/proc/\(process)/task"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let threads = names.compactMap { Int32($0) }
            found += threads
            for thread in threads {
                let list = SmallFile.read("\(folder)/\(thread)/children") ?? ""
                processes += list.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
            }
        }
        return found
    }
}
