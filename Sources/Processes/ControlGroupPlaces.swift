// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where this process may look for cgroups: the hierarchies that are mounted and its place in each.
struct ControlGroupPlaces {
    /// One hierarchy.
    struct Place: Hashable, Sendable {
        var kind: ControlGroups.Hierarchy.Kind
        /// Folders to try, the nearest first.
        var bases: [String]
        /// Where the hierarchy is mounted.
        var top: String
    }

    /// Looks at this machine.
    static func read() -> [Place] {
        places(
            mounts: SmallFile.read("/proc/self/mountinfo") ?? "",
            membership: SmallFile.read("/proc/self/cgroup") ?? ""
        )
    }

    /// Reads the kernel's two lists: what is mounted, and where this process is.
    static func places(mounts: String, membership: String) -> [Place] {
        var own: [String: String] = [:]
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                own[String(controller)] = String(parts[2])
            }
        }
        var places: [Place] = []
        for line in mounts.split(separator: "\n") {
            guard let mount = Mount(line) else { continue }
            if mount.type == "cgroup2" {
                append(.unified, mount, own[""], &places)
            } else if mount.type == "cgroup" {
                let kinds: [(String, ControlGroups.Hierarchy.Kind)] = [
                    ("memory", .memory), ("pids", .processes), ("cpu", .cores),
                ]
                for (name, kind) in kinds where mount.options.contains(name) {
                    append(kind, mount, own[name], &places)
                }
            }
        }
        return places
    }

    private static func append(
        _ kind: ControlGroups.Hierarchy.Kind,
        _ mount: Mount,
        _ own: String?,
        _ places: inout [Place]
    ) {
        guard let own, !places.contains(where: { $0.kind == kind }) else { return }
        // A container sees only a part of the hierarchy: paths count from what is mounted.
        var path = own
        if mount.root != "/", path.lies(inside: mount.root) {
            path = String(path.dropFirst(mount.root.count))
        }
        let here = (mount.point + path).withoutTrailingSlashes
        // The parent too: a unit with a delegated subtree may have put us into a leaf of it.
        let above = (here as NSString).deletingLastPathComponent
        let bases = above.lies(inside: mount.point) ? [here, above] : [here]
        places.append(Place(kind: kind, bases: bases, top: mount.point))
    }

    private struct Mount {
        var root: String
        var point: String
        var type: String
        var options: [String]

        init?(_ line: Substring) {
            let halves = line.components(separatedBy: " - ")
            guard halves.count == 2 else { return nil }
            let left = halves[0].split(separator: " ")
            let right = halves[1].split(separator: " ")
            guard left.count >= 5, right.count >= 3 else { return nil }
            root = String(left[3])
            point = String(left[4])
            type = String(right[0])
            options = right[2].split(separator: ",").map { String($0) }
        }
    }
}
