// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary
import Wire

/// One run's cgroups, one in each hierarchy.
struct ControlGroup {
    var hierarchies: [ControlGroups.Hierarchy]
    /// Most bytes of memory; zero where there is no limit.
    var memoryBytes: Int64 = 0
    /// What was written into its files, as the kernel keeps it.
    var limits: [Limit] = []
    /// How its time on the cores is counted; nothing where it is not.
    var cores: Cores?
    /// Whether that is in the folder that it gives way in.
    var isAside = false
    /// Whether it gives way to others.
    var givesWay = false

    /// One limit: its file, and what it says.
    struct Limit: Hashable {
        var path: String
        var value: String
    }

    /// What somebody else has done to the group while `process` is meant to be in it; nothing where it
    /// is as it was made.
    func alteration(holding process: Int32) -> String? {
        for hierarchy in hierarchies {
            guard let members = SmallFile.read("\(hierarchy.path)/cgroup.procs") else {
                return "'\(hierarchy.path)' was removed: nothing bounds it there any more"
            }
            if !members.split(whereSeparator: \.isWhitespace).contains(Substring("\(process)")) {
                return "it was taken out of '\(hierarchy.path)': nothing bounds it there any more"
            }
        }
        for limit in limits {
            let now = Self.value(limit.path)
            if now != limit.value {
                return "'\(limit.path)' is \(now.printable) now, not \(limit.value)"
            }
        }
        return nil
    }

    /// Reads a limit's file.
    static func value(_ path: String) -> String {
        (SmallFile.read(path) ?? "").split(separator: "\n").first.map { String($0) } ?? ""
    }

    /// Puts a process, and whatever it starts from now on, into the group.
    func add(_ pid: Int32) throws(SystemError) {
        for hierarchy in hierarchies {
            try SmallFile.mustWrite("\(pid)", to: "\(hierarchy.path)/cgroup.procs")
        }
    }

    /// Ends every process in the group: at once where the kernel can, one by one elsewhere.
    func kill() {
        for hierarchy in hierarchies where hierarchy.kind == .unified {
            if SmallFile.write("1", to: "\(hierarchy.path)/cgroup.kill") { return }
        }
        for hierarchy in hierarchies {
            let list = SmallFile.read("\(hierarchy.path)/cgroup.procs") ?? ""
            for word in list.split(whereSeparator: \.isWhitespace) {
                if let pid = Int32(word), pid > 1 { _ = Glibc.kill(pid, SIGKILL) }
            }
        }
    }

    /// How many processes the kernel ended here because the memory limit was reached.
    var outOfMemoryKills: Int {
        for hierarchy in hierarchies {
            let file = hierarchy.kind == .unified ? "memory.events" : "memory.oom_control"
            guard let text = SmallFile.read("\(hierarchy.path)/\(file)") else { continue }
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.count == 2, words[0] == "oom_kill" { return Int(words[1]) ?? 0 }
            }
        }
        return 0
    }

    /// Removes the group; answers false while the kernel still holds a dying process in it.
    func remove() -> Bool {
        var isGone = true
        let folders = hierarchies.map(\.path) + [cores?.home, cores?.aside].compactMap(\.self)
        for folder in Set(folders) where rmdir(folder) != 0 && errno != ENOENT { isGone = false }
        return isGone
    }
}
