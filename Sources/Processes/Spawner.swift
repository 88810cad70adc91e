// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import CLinux
import Foundation
import Glibc
import Vocabulary
import Wire

/// Makes what a run needs and starts it.
final class Spawner {
    let configuration: NodeConfiguration
    private(set) var abilities: Abilities
    let folders = SystemFolders.read()
    let groups: ControlGroups?
    var users: UserRange
    /// Whether a start can be made to give way without cgroups.
    private let mayGiveWay: Bool
    private let groupReasons: [String]
    private var filters: [SystemCallFilter.Audience: [UInt8]] = [:]

    init(_ configuration: NodeConfiguration) throws {
        self.configuration = configuration
        let isRoot = geteuid() == 0
        users = UserRange(configuration.users)
        mayGiveWay = linux_may_give_way() == 1
        abilities = .untried(isRoot: isRoot)
        let found = ControlGroups.find(name: configuration.cgroupName)
        groups = found.groups.isComplete ? found.groups : nil
        groupReasons = found.reasons
        try FileManager.default.createDirectory(
            atPath: configuration.scratchFolder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o711]
        )
        abilities = IsolationProbe.find(with: self)
    }

    /// Whether starts can give way here, and come back from it.
    var canGiveWay: Bool { abilities.isolation == .limited || mayGiveWay }

    /// Starts a run cold.
    ///
    /// Errors: `Problem` when something it needs cannot be made; nothing is left behind.
    func start(_ order: SpawnOrder, givingWay: Bool) throws(Problem) -> HeldProcess {
        guard abilities.isolation >= order.minimumIsolation else {
            throw Problem(
                .unsupported,
                code: "isolationTooLow",
                what: "cannot start '\(order.run)' at isolation '\(order.minimumIsolation)': "
                    + "node '\(configuration.name)' can give '\(abilities.isolation)'",
                remedy: abilities.reasons.joined(separator: "; ")
            )
        }
        return try start(order, with: abilities, givingWay: givingWay)
    }

    /// Starts a run cold with these abilities, whether or not they have been tried.
    func start(
        _ order: SpawnOrder,
        with abilities: Abilities,
        givingWay: Bool = false
    ) throws(Problem) -> HeldProcess {
        do throws(SystemError) {
            return try launch(order, with: abilities, givingWay: givingWay)
        } catch {
            throw LaunchFailure(error).problem(starting: order.run)
        }
    }

    private func launch(
        _ order: SpawnOrder,
        with abilities: Abilities,
        givingWay: Bool
    ) throws(SystemError) -> HeldProcess {
        let level = abilities.isolation
        let user = abilities.users == .range ? try takeUser() : nil
        let name = Self.fileName(order.run)
        let scratch = level < .sandbox ? "\(configuration.scratchFolder)/\(name)" : nil
        var group: ControlGroup?
        do throws(SystemError) {
            if level == .limited {
                group = try makeGroup(name, order.instanceType, givingWay: givingWay)
            }
            if let scratch { try makeScratch(scratch, user) }
            let place = ScorerPlan.Place(
                user: user ?? getuid(),
                changesUser: user != nil,
                scratch: scratch ?? "",
                support: configuration.supportFolder,
                fileLimit: launch_host_hard_limit(Int32(RLIMIT_NOFILE.rawValue))
            )
            let scorer = ScorerPlan(folders: folders, abilities: abilities)
            let plan = scorer.cold(
                order,
                at: level,
                in: place,
                filter: try filter(order, level)
            )
            let launch = try LaunchSocket(plan: plan)
            let lane = try Pair.lane()
            let pipe = try Pair.log()
            let process = HeldProcess(
                run: order.run,
                level: level,
                isWarm: false,
                launch: launch,
                lane: lane.near,
                log: LogCapture(pipe: pipe.near, path: order.logPath),
                group: group,
                user: user,
                scratch: scratch,
                givesWay: givingWay,
                enclosure: scorer.enclosure(
                    order,
                    at: level,
                    in: place,
                    user: place.user,
                    hasOwnUser: user != nil
                )
            )
            // What this thread starts meanwhile is bound as it is, before it has a thread of its own.
            let binding = order.isOnGatewayCore == true ? try GatewayCoreBinding() : nil
            defer { binding?.release() }
            process.launcher = try launch.start(
                launcher: configuration.launcher,
                lane: lane.far,
                log: pipe.far
            )
            return process
        } catch {
            _ = group?.remove()
            if let scratch { _ = rmdir(scratch) }
            if let user { users.giveBack(user) }
            throw error
        }
    }

    func takeUser() throws(SystemError) -> UInt32 {
        guard let user = users.takeOne() else {
            throw SystemError("find a free uid", number: EAGAIN)
        }
        return user
    }

    /// A run's cgroup with its limits.
    func makeGroup(
        _ name: String,
        _ type: InstanceType,
        givingWay: Bool
    ) throws(SystemError) -> ControlGroup {
        guard let groups else {
            let reason = groupReasons.first ?? "limits are not complete"
            throw SystemError("limit memory, processes and cores (\(reason))", number: ENOTSUP)
        }
        return try groups.make(name, for: type, givingWay: givingWay)
    }

    /// Gives back what a run had of its own.
    func giveBack(_ process: HeldProcess) {
        if let user = process.user { users.giveBack(user) }
        if let user = process.insideUser { process.parent?.giveBack(user) }
    }

    /// Removes what the node made for itself.
    func remove() {
        groups?.remove()
        _ = FolderRemoval.remove(configuration.scratchFolder)
    }

    func filter(
        _ order: SpawnOrder,
        _ level: IsolationLevel
    ) throws(SystemError) -> [UInt8] {
        // Where there is a network namespace of its own, sockets may be made: they lead nowhere.
        let isSocketLimited = level == .confined && !order.isNetworkAllowed
        return try filter(
            .scorer(isSocketLimited: isSocketLimited, isModeLimited: isModeLimited(level))
        )
    }

    /// Where neither a uid nor a mount stands between a scorer and the others' files.
    func isModeLimited(_ level: IsolationLevel) -> Bool {
        level == .confined && abilities.users == .shared
    }

    func filter(_ audience: SystemCallFilter.Audience) throws(SystemError) -> [UInt8] {
        if let known = filters[audience] { return known }
        let program = try SystemCallFilter.program(for: audience)
        filters[audience] = program
        return program
    }

    func makeScratch(_ path: String, _ user: UInt32?) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SystemError("make the folder '\(path)'")
        }
        if let user, chown(path, user, user) != 0 {
            throw SystemError("give the folder '\(path)' away")
        }
    }

    /// A run as the name of a folder.
    static func fileName(_ run: Run) -> String {
        let key = run.instance.key
        return "\(key.endpoint).\(key.deployment).\(run.instance.ordinal).\(run.incarnation)"
    }
}

/// Two connected descriptors: ours, and the one that a child gets.
struct Pair {
    let near: Descriptor
    let far: Descriptor

    /// A lane's sockets: the gateway's end and the scorer's.
    static func lane() throws(SystemError) -> Pair {
        var pair: [Int32] = [-1, -1]
        guard linux_packet_pair(&pair, 0) == 0 else { throw SystemError("make a lane") }
        return Pair(near: Descriptor(owning: pair[0]), far: Descriptor(owning: pair[1]))
    }

    /// A pipe for output: the reading end does not block.
    static func log() throws(SystemError) -> Pair {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { throw SystemError("make a pipe") }
        let ends = Pair(near: Descriptor(owning: pair[0]), far: Descriptor(owning: pair[1]))
        _ = fcntl(pair[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(pair[1], F_SETFD, FD_CLOEXEC)
        _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
        // A burst shall not make the scorer wait; where the kernel says no, it waits a little.
        let setPipeSize: Int32 = 1_031
        _ = fcntl(pair[0], setPipeSize, 512 << 10)
        return ends
    }
}
