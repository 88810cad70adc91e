// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

extension ControlGroup {
    /// Where and how a run's time on the cores is counted.
    ///
    /// A group counts beside its siblings only. With v1 a run that gives way stands beside the
    /// node's own group, so that it gives way to the gateway as well; with v2, where memory cannot
    /// move along, it stays where it is and gives way to the node's other runs.
    /// Source: Linux, "CFS Scheduler", `cpu.idle`; the kernel has it since 5.15.
    struct Cores {
        /// The folder among the node's runs.
        let home: String
        /// The folder that it gives way in.
        let aside: String
        /// What it counts for, and its quota.
        let settings: [Limit]
        /// The same as the least that there is, where the kernel has no `cpu.idle`.
        let least: Limit
    }

    /// Sets what the run's cores count for, in the folder where they are counted now.
    mutating func weigh(givingWay: Bool) throws(SystemError) {
        guard let cores else { return }
        let folder = isAside ? cores.aside : cores.home
        let idle = Limit(path: "cpu.idle", value: givingWay ? "1" : "0")
        let hasIdle = access("\(folder)/\(idle.path)", F_OK) == 0
        var settings = cores.settings
        // What is idle has no weight to set; one that was left behind may be.
        if hasIdle { settings.insert(Limit(path: "cpu.idle", value: "0"), at: 0) }
        if givingWay { settings.append(hasIdle ? idle : cores.least) }
        for setting in settings {
            try SmallFile.mustWrite(setting.value, to: "\(folder)/\(setting.path)")
        }
        self.givesWay = givingWay
        limits.removeAll { $0.path.hasPrefix("\(folder)/cpu.") }
        for file in Set(settings.map(\.path)).sorted() {
            let path = "\(folder)/\(file)"
            // Read again: the kernel rounds.
            limits.append(Limit(path: path, value: Self.value(path)))
        }
    }

    /// Has the run's processes count in full from now on, and puts them among the node's runs.
    mutating func countInFull() throws(SystemError) {
        guard cores != nil, givesWay else { return }
        try weigh(givingWay: false)
        try move(aside: false)
    }

    /// Has the run's processes give way from now on.
    mutating func giveWay() throws(SystemError) {
        guard cores != nil, !givesWay else { return }
        try move(aside: true)
        try weigh(givingWay: true)
    }

    /// Most looks at a folder for processes that were forked while the others were moved.
    private static let mostLooks = 64

    private mutating func move(aside: Bool) throws(SystemError) {
        guard let cores, cores.home != cores.aside, aside != isAside,
            let index = hierarchies.firstIndex(where: { $0.path == folder(isAside) })
        else { return }
        let (old, new) = (folder(isAside), folder(aside))
        if mkdir(new, 0o755) != 0, errno != EEXIST {
            throw SystemError("make the cgroup '\(new)'")
        }
        isAside = aside
        hierarchies[index].path = new
        limits.removeAll { $0.path.hasPrefix("\(old)/") }
        try weigh(givingWay: false)
        for _ in 0..<Self.mostLooks {
            let list = SmallFile.read("\(old)/cgroup.procs") ?? ""
            let processes = list.split(whereSeparator: \.isWhitespace)
            if processes.isEmpty { break }
            // One that has ended meanwhile cannot be moved, and need not be.
            for process in processes {
                _ = SmallFile.write(String(process), to: "\(new)/cgroup.procs")
            }
        }
        _ = rmdir(old)
    }

    private func folder(_ aside: Bool) -> String {
        (aside ? cores?.aside : cores?.home) ?? ""
    }
}
