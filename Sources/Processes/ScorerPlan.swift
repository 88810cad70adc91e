// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary
import Wire

/// From an order to a launch plan: what one scorer may see, use and do at a level.
struct ScorerPlan {
    /// The run's own things on this machine.
    struct Place: Hashable, Sendable {
        /// The run's uid and gid as the plan's own namespace counts; the node's own where shared.
        var user: UInt32
        /// Whether the launch changes to that uid.
        var changesUser: Bool
        /// A private folder outside the sandbox, for the levels without mounts.
        var scratch: String
        /// The folder with the runtime and its extensions.
        var support: String
        /// The hard limit of open files that the node itself has.
        var fileLimit: UInt64
    }

    static let mostFiles: UInt64 = 4_096
    static let mostProcesses: UInt64 = 1_024
    static let defaultTemporary: UInt64 = 1 << 30
    private static let hostName = "scorer"

    let folders: SystemFolders
    let abilities: Abilities

    /// The plan of a scorer that starts cold.
    func cold(
        _ order: SpawnOrder,
        at level: IsolationLevel,
        in place: Place,
        filter: [UInt8]
    )
        -> LaunchPlan
    {
        var plan = enclosure(order, at: level, in: place, filter: filter)
        let words = Self.words(order.program, support: place.support)
        plan.records.append(.program(words.first ?? ""))
        plan.records += words.map { .argument($0) }
        plan.records += Self.variables(order, temporary: temporary(level, place))
        return plan
    }

    /// The plan of a scorer that a warmed parent forks: its arguments say what it serves.
    ///
    /// `trees` are the readable paths that come along as detached mounts, in that order.
    func forked(
        _ order: SpawnOrder,
        _ python: PythonProgram,
        at level: IsolationLevel,
        in place: Place,
        filter: [UInt8],
        trees: [String]
    ) -> LaunchPlan {
        var plan = enclosure(order, at: level, in: place, filter: filter, trees: trees)
        plan.records += python.work.words.map { .argument($0) }
        plan.records += Self.variables(order, temporary: temporary(level, place))
        return plan
    }

    /// Everything but the program and its words: what holds for every scorer.
    private func enclosure(
        _ order: SpawnOrder,
        at level: IsolationLevel,
        in place: Place,
        filter: [UInt8],
        trees: [String] = []
    ) -> LaunchPlan {
        var plan = LaunchPlan()
        plan.user = place.user
        if place.changesUser { plan.flags.formUnion([.becomeUser, .clearGroups]) }
        plan.records = Self.limits(place)
        let readable = Self.readable(order, support: place.support)
        if level >= .sandbox {
            plan.flags.formUnion([.newPids, .newRoot])
            if !order.isNetworkAllowed { plan.flags.insert(.newNetwork) }
            if abilities.needsUserNamespace { plan.flags.insert(.userSingle) }
            plan.records.append(.hostName(Self.hostName))
            plan.records += root(order, in: place, readable: readable, trees: trees)
        }
        if level >= .confined {
            plan.records.append(.filter(filter))
            if !order.isNetworkAllowed { plan.flags.insert(.denyTCP) }
        }
        if level == .confined { plan.flags.insert(.needLandlock) }
        if level >= .sandbox {
            plan.records += [
                .rule(.read, "/"), .rule(.write, "/tmp"), .rule(.write, "/dev/shm"),
                .rule(.device, "/dev"),
            ]
        } else if level == .confined {
            plan.records += confinement(readable, in: place, network: order.isNetworkAllowed)
        }
        plan.records.append(.work(temporary(level, place)))
        return plan
    }

    /// Where the scorer may write.
    private func temporary(_ level: IsolationLevel, _ place: Place) -> String {
        level >= .sandbox ? "/tmp" : place.scratch
    }

    /// The variables of a scorer: nothing is inherited; ours cannot be replaced by the order's.
    private static func variables(
        _ order: SpawnOrder,
        temporary: String
    ) -> [LaunchPlan.Record] {
        var variables = order.variables
        variables["HOME"] = temporary
        variables["TMPDIR"] = temporary
        variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        variables["LANG"] = variables["LANG"] ?? "C.UTF-8"
        variables["SWIFT_BACKTRACE"] = "enable=no"
        variables["SCOREKEEPER_LANE_FD"] = "3"
        variables["SCOREKEEPER_RUN"] = order.run.description
        variables["SCOREKEEPER_ENDPOINT"] = order.run.instance.key.endpoint.text
        variables["SCOREKEEPER_DEPLOYMENT"] = order.run.instance.key.deployment.text
        return variables.sorted { $0.key < $1.key }.map { .variable($0.key, $0.value) }
    }

    /// The program and its arguments.
    static func words(_ program: SpawnOrder.Program, support: String) -> [String] {
        switch program {
        case .native(let path, let arguments): [path] + arguments
        case .python(let python):
            [
                python.interpreter, "-I", "-B",
                "\(python.runtime)/scorekeeper_scorer/__main__.py", "serve",
            ] + python.work.words
        }
    }

    /// The paths an order needs, in order, without those that lie inside another.
    static func readable(_ order: SpawnOrder, support: String) -> [String] {
        var paths = order.readable
        switch order.program {
        case .native(let path, _): paths.append(path)
        case .python(let python):
            paths += python.environmentPaths + [python.runtime] + python.work.directories
            paths += ["_scorer.so", "_decoder.so", "_launch.so"].map { "\(support)/\($0)" }
        }
        return outermost(paths)
    }

    /// Sorted, without duplicates and without paths inside another of them.
    static func outermost(_ paths: [String]) -> [String] {
        var kept: [String] = []
        for path in paths.map(\.withoutTrailingSlashes).sorted()
        where !path.isEmpty && !kept.contains(where: { path.lies(inside: $0) }) {
            kept.append(path)
        }
        return kept
    }

    /// One byte of a core, which is none: nothing would stop a program that takes cores by a pipe.
    ///
    /// Source: core(5), "Piping core dumps to a program": the limit is not heeded there; `fs/coredump.c`
    /// of the kernel: but a limit of 1 is.
    static let noCore = LaunchPlan.Record.limit(resource: 4, soft: 1, hard: 1)

    private static func limits(_ place: Place) -> [LaunchPlan.Record] {
        let files = min(mostFiles, place.fileLimit)
        var limits: [LaunchPlan.Record] = [
            Self.noCore,
            .limit(resource: 7, soft: files, hard: files),
        ]
        // Counted by uid: it means something only where the uid is the run's own.
        if place.changesUser {
            limits.append(.limit(resource: 6, soft: mostProcesses, hard: mostProcesses))
        }
        return limits
    }

    /// The new root.
    ///
    /// Fresh file systems come first, so that what is readable can lie beneath them.
    private func root(
        _ order: SpawnOrder,
        in place: Place,
        readable: [String],
        trees: [String]
    ) -> [LaunchPlan.Record] {
        let size = Self.temporaryBytes(order.instanceType)
        var records: [LaunchPlan.Record] = [
            .folder("/dev", mode: 0o755), .tmpfs("/dev/shm", bytes: size),
            .tmpfs("/tmp", bytes: size), .processes("/proc", hidesOthers: false),
        ]
        records += system(network: order.isNetworkAllowed)
        records += Self.people(place.user)
        let covered = folders.paths
        for path in readable where !covered.contains(where: { path.lies(inside: $0) }) {
            if let index = trees.firstIndex(of: path) {
                records.append(.tree(index, at: path))
            } else {
                // Our own extensions: a runtime of another make may do without them.
                records.append(.bind(path, isOptional: path.lies(inside: place.support)))
            }
        }
        return records
    }

    /// The machine's own folders, settings and devices.
    func system(network: Bool) -> [LaunchPlan.Record] {
        var records: [LaunchPlan.Record] = folders.folders.map { .bind($0) }
        records += folders.links.map { .symlink($0.path, to: $0.target) }
        records += SystemFolders.devices.map { .device($0) }
        records += SystemFolders.settings.map { .bind($0, isOptional: true) }
        if network {
            records += SystemFolders.networkSettings.map { .bind($0, isOptional: true) }
        }
        records.append(.bind(SystemFolders.cores, isOptional: true))
        return records
    }

    /// Who exists, as far as a scorer is concerned.
    static func people(_ user: UInt32) -> [LaunchPlan.Record] {
        let shell = "/usr/sbin/nologin"
        let scorer = user == 0 ? "" : "scorer:x:\(user):\(user):scorer:/tmp:\(shell)\n"
        let group = user == 0 ? "" : "scorer:x:\(user):\n"
        return [
            .file("/etc/passwd", "root:x:0:0:root:/tmp:\(shell)\n\(scorer)"),
            .file("/etc/group", "root:x:0:\n\(group)"),
        ]
    }

    /// Landlock's rules where nothing is mounted.
    func confinement(
        _ readable: [String],
        in place: Place,
        network: Bool
    ) -> [LaunchPlan.Record] {
        var read = folders.paths + SystemFolders.settings
        if network { read += SystemFolders.networkSettings }
        read += ["/etc/passwd", "/etc/group", "/proc", SystemFolders.cores] + readable
        return read.map { .rule(.read, $0) } + SystemFolders.devices.map { .rule(.device, $0) }
            + [.rule(.write, place.scratch)]
    }
}

extension String {
    /// Whether this path is `folder` or something in it.
    func lies(inside folder: String) -> Bool {
        self == folder || folder == "/" || hasPrefix(folder + "/")
    }

    /// The path as it is written everywhere; the root stays.
    var withoutTrailingSlashes: String {
        var path = self
        while path.count > 1, path.last == "/" { path.removeLast() }
        return path
    }
}
