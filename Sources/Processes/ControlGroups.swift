// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary
import Wire

/// The node's cgroups: one folder of its own in each hierarchy that lets it, one below for each run.
///
/// v2 where it is delegated, v1 where that is what the machine has, and on a machine with both the
/// limits of v1 with the whole-tree kill of v2. Found by making a group and setting its limits,
/// never by version.
struct ControlGroups {
    /// One hierarchy and what it does for us.
    struct Hierarchy: Hashable, Sendable {
        /// Which interface files it has.
        enum Kind: Hashable, Sendable {
            case unified
            case memory
            case processes
            case cores
        }

        var kind: Kind
        /// The node's own group in it.
        var path: String
    }

    /// Most processes and threads of one run.
    static let mostProcesses = 1_024

    let hierarchies: [Hierarchy]

    /// Whether all of memory, processes and cores can be limited.
    var isComplete: Bool {
        let hasUnifiedLimits = hierarchies.contains {
            $0.kind == .unified && Self.hasLimits($0.path)
        }
        let kinds = hierarchies.map(\.kind)
        return hasUnifiedLimits
            || [.memory, .processes, .cores].allSatisfy { kinds.contains($0) }
    }

    /// Makes the node's groups wherever that works.
    static func find(name: String) -> (groups: ControlGroups, reasons: [String]) {
        let places = ControlGroupPlaces.read()
        var found: [Hierarchy] = []
        var reasons: [String] = []
        for place in places {
            var reason = ""
            for base in place.bases {
                let path = "\(base)/\(name)"
                do throws(SystemError) {
                    try make(path, base: base, kind: place.kind)
                    found.append(Hierarchy(kind: place.kind, path: path))
                    reason = ""
                    break
                } catch {
                    reason = error.description
                }
            }
            if !reason.isEmpty { reasons.append(reason) }
        }
        let groups = ControlGroups(hierarchies: found)
        groups.removeLeftOvers()
        for place in places {
            // Where the supervisor came from another session, the groups were made in another place.
            let own = found.first { $0.kind == place.kind }?.path
            removeEmpty(named: name, below: place.top, besides: own ?? "")
        }
        if places.isEmpty { reasons.append("no cgroup file system is mounted") }
        return (groups, reasons)
    }

    private static func make(
        _ path: String,
        base: String,
        kind: Hierarchy.Kind
    ) throws(SystemError) {
        if mkdir(path, 0o755) != 0, errno != EEXIST {
            throw SystemError("make the cgroup '\(path)'")
        }
        guard kind == .unified else { return }
        // Where the controllers cannot be had here, the group still kills whole trees.
        for folder in [base, path] {
            _ = SmallFile.write("+memory +pids +cpu", to: "\(folder)/cgroup.subtree_control")
        }
    }

    private static func hasLimits(_ path: String) -> Bool {
        let list = SmallFile.read("\(path)/cgroup.subtree_control") ?? ""
        let names = list.split(whereSeparator: \.isWhitespace)
        return ["memory", "pids", "cpu"].allSatisfy { names.contains(Substring($0)) }
    }

    /// Makes a run's groups with its limits; `givingWay` while it starts.
    ///
    /// Errors: `SystemError` when a group cannot be made or a limit is not accepted; nothing is left.
    func make(
        _ name: String,
        for type: InstanceType,
        givingWay: Bool
    ) throws(SystemError) -> ControlGroup {
        restore()
        var group = ControlGroup(
            hierarchies: hierarchies.map { Hierarchy(kind: $0.kind, path: "\($0.path)/\(name)") },
            memoryBytes: type.memoryBytes
        )
        do throws(SystemError) {
            for (index, hierarchy) in group.hierarchies.enumerated() {
                let home = hierarchy.path
                var place = home
                if hierarchy.kind == .cores, givingWay {
                    place = "\(hierarchies[index].path).\(name)"
                    group.hierarchies[index].path = place
                    group.isAside = true
                }
                // One that was left behind goes first, unless something is in it still.
                _ = rmdir(place)
                if mkdir(place, 0o755) != 0, errno != EEXIST {
                    throw SystemError("make the cgroup '\(place)'")
                }
                for setting in Self.settings(hierarchy, type) {
                    let path = "\(place)/\(setting.path)"
                    try SmallFile.mustWrite(setting.value, to: path)
                    // Read again: the kernel rounds.
                    let kept = ControlGroup.value(path)
                    group.limits.append(ControlGroup.Limit(path: path, value: kept))
                }
                if let cores = Self.cores(
                    hierarchy,
                    type,
                    aside: "\(hierarchies[index].path).\(name)"
                ) {
                    group.cores = cores
                }
            }
            try group.weigh(givingWay: givingWay)
        } catch {
            _ = group.remove()
            throw error
        }
        return group
    }

    /// Makes the node's own groups again where somebody removed them.
    private func restore() {
        for hierarchy in hierarchies where access(hierarchy.path, F_OK) != 0 {
            let base = (hierarchy.path as NSString).deletingLastPathComponent
            try? Self.make(hierarchy.path, base: base, kind: hierarchy.kind)
        }
    }

    /// What bounds a run in a hierarchy, but for its cores.
    private static func settings(
        _ hierarchy: Hierarchy,
        _ type: InstanceType
    ) -> [ControlGroup.Limit] {
        var settings: [ControlGroup.Limit] = []
        func set(_ file: String, _ value: String) {
            settings.append(ControlGroup.Limit(path: file, value: value))
        }
        switch hierarchy.kind {
        case .memory:
            guard type.memoryBytes > 0 else { break }
            set("memory.limit_in_bytes", "\(type.memoryBytes)")
            // Memory and swap together, where swap is counted: no more for having some.
            if access("\(hierarchy.path)/memory.memsw.limit_in_bytes", F_OK) == 0 {
                set("memory.memsw.limit_in_bytes", "\(type.memoryBytes)")
            }
        case .processes: set("pids.max", "\(mostProcesses)")
        case .cores: break
        case .unified:
            guard hasLimits(hierarchy) else { break }
            set("pids.max", "\(mostProcesses)")
            guard type.memoryBytes > 0 else { break }
            set("memory.max", "\(type.memoryBytes)")
            if access("\(hierarchy.path)/memory.swap.max", F_OK) == 0 {
                set("memory.swap.max", "0")
            }
        }
        return settings
    }

    private static func hasLimits(_ unified: Hierarchy) -> Bool {
        access("\(unified.path)/memory.max", F_OK) == 0
    }

    /// What a run's cores count for, where this hierarchy counts them.
    private static func cores(
        _ hierarchy: Hierarchy,
        _ type: InstanceType,
        aside: String
    ) -> ControlGroup.Cores? {
        let share = ControlGroupShare(type)
        let period = 100_000
        let quota = type.millicores * period / 1_000
        func set(_ file: String, _ value: String) -> ControlGroup.Limit {
            ControlGroup.Limit(path: file, value: value)
        }
        switch hierarchy.kind {
        case .memory, .processes: return nil
        case .cores:
            let bound = type.millicores > 0 ? [set("cpu.cfs_quota_us", "\(quota)")] : []
            return ControlGroup.Cores(
                home: hierarchy.path,
                aside: aside,
                settings: [set("cpu.shares", "\(share.ofTime)")] + bound,
                least: set("cpu.shares", "2")
            )
        case .unified:
            guard hasLimits(hierarchy) else { return nil }
            let bound = type.millicores > 0 ? [set("cpu.max", "\(quota) \(period)")] : []
            return ControlGroup.Cores(
                home: hierarchy.path,
                aside: hierarchy.path,
                settings: [set("cpu.weight", "\(share.weight)")] + bound,
                least: set("cpu.weight", "1")
            )
        }
    }

    /// Ends and removes what a dead earlier node of this name left behind.
    func removeLeftOvers() {
        for hierarchy in hierarchies {
            for path in Self.entries(hierarchy.path) + asides(hierarchy) {
                var facts = stat()
                guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { continue }
                let group = ControlGroup(
                    hierarchies: [Hierarchy(kind: hierarchy.kind, path: path)]
                )
                group.kill()
                _ = group.remove()
            }
        }
    }

    /// The folders beside the node's own in which runs give way.
    private func asides(_ hierarchy: Hierarchy) -> [String] {
        let base = (hierarchy.path as NSString).deletingLastPathComponent
        return Self.entries(base).filter { $0.hasPrefix("\(hierarchy.path).") }
    }

    private static func entries(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)" }
    }

    /// Removes the node's own groups.
    func remove() {
        for hierarchy in hierarchies { _ = rmdir(hierarchy.path) }
    }
}
