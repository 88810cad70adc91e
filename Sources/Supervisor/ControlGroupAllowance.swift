// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the cgroups that this process is in leave it of the machine: in a container, or a unit with
/// limits, that is what there is.
///
/// Source: cgroups(7); cgroup-v2, "CPU Interface Files"; CFS Bandwidth Control.
struct ControlGroupAllowance {
    private static let mount = "/sys/fs/cgroup"

    /// The lines of `/proc/self/cgroup`.
    let membership: String
    /// Reads a file; nothing where there is none.
    let read: (String) -> String?

    /// Looks at this machine.
    static var here: ControlGroupAllowance {
        func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
        return ControlGroupAllowance(membership: text("/proc/self/cgroup") ?? "", read: text)
    }

    /// As much of `whole` as every group from ours up to the root allows.
    func share(of whole: MachineShare) -> MachineShare {
        var share = whole
        for folder in folders {
            share = MachineShare(
                millicores: max(1, min(share.millicores, millicores(in: folder) ?? .max)),
                memoryBytes: min(share.memoryBytes, memoryBytes(in: folder) ?? .max)
            )
        }
        return share
    }

    private var folders: [String] {
        membership.split(separator: "\n").flatMap { line -> [String] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            let controllers = parts[1].split(separator: ",").map(String.init)
            let hierarchies =
                parts[1].isEmpty
                ? [Self.mount, "\(Self.mount)/unified"]
                : (controllers + [String(parts[1])]).map { "\(Self.mount)/\($0)" }
            return hierarchies.flatMap { Self.ancestry(of: String(parts[2]), in: $0) }
        }
    }

    /// The group's folder and all above it; a container may see only the last of them.
    private static func ancestry(of path: String, in hierarchy: String) -> [String] {
        var folders = [hierarchy]
        for name in path.split(separator: "/") { folders.append("\(folders.last ?? "")/\(name)") }
        return folders
    }

    private func millicores(in folder: String) -> Int? {
        if let words = read("\(folder)/cpu.max")?.split(whereSeparator: \.isWhitespace),
            words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), period > 0
        {
            return quota * 1_000 / period
        }
        guard let quota = number("\(folder)/cpu.cfs_quota_us"), quota > 0,
            let period = number("\(folder)/cpu.cfs_period_us"), period > 0
        else { return nil }
        return Int(quota * 1_000 / period)
    }

    private func memoryBytes(in folder: String) -> Int64? {
        number("\(folder)/memory.max") ?? number("\(folder)/memory.limit_in_bytes")
    }

    private func number(_ path: String) -> Int64? {
        read(path).flatMap { Int64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
