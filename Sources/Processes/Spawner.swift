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
    private let folders = SystemFolders.read()
    private let groups: ControlGroups?
    private var users: UserRange
    private var filters: [SystemCallFilter.Audience: [UInt8]] = [:]

    init(_ configuration: NodeConfiguration) throws {
        self.configuration = configuration
        let isRoot = geteuid() == 0
        users = UserRange(configuration.users)
        abilities = .untried(isRoot: isRoot)
        groups = nil
        try FileManager.default.createDirectory(
            atPath: configuration.scratchFolder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o711]
        )
        abilities.isolation = min(.sandbox, configuration.highestIsolation)
    }

    /// Starts a run cold.
    ///
    /// Errors: `Problem` when something it needs cannot be made; nothing is left behind.
    func start(_ order: SpawnOrder) throws(Problem) -> HeldProcess {
        let level = try level(for: order)
        do throws(SystemError) {
            return try start(order, at: level)
        } catch {
            throw LaunchFailure(error).problem(starting: order.run)
        }
    }

    private func level(for order: SpawnOrder) throws(Problem) -> IsolationLevel {
        guard abilities.isolation >= order.minimumIsolation else {
            throw Problem(
                .unsupported,
                code: "isolationTooLow",
                what: "cannot start '\(order.run)' at isolation '\(order.minimumIsolation)': "
                    + "node '\(configuration.name)' can give '\(abilities.isolation)'",
                remedy: abilities.reasons.joined(separator: "; ")
            )
        }
        return abilities.isolation
    }

    private func start(_ order: SpawnOrder, at level: IsolationLevel) throws(SystemError)
        -> HeldProcess
    {
        let user = abilities.users == .range ? users.takeOne() : nil
        let name = Self.fileName(order.run)
        let scratch = level < .sandbox ? "\(configuration.scratchFolder)/\(name)" : nil
        var group: ControlGroup?
        do throws(SystemError) {
            if level == .limited { group = try groups?.make(name, for: order.instanceType) }
            if let scratch { try makeScratch(scratch, user) }
            let place = ScorerPlan.Place(
                user: user ?? getuid(),
                changesUser: user != nil,
                scratch: scratch ?? "",
                support: configuration.supportFolder,
                fileLimit: launch_host_hard_limit(7)
            )
            let plan = ScorerPlan(folders: folders, abilities: abilities).cold(
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
                scratch: scratch
            )
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

    /// Gives back what a run had of its own.
    func giveBack(_ process: HeldProcess) {
        if let user = process.user { users.giveBack(user) }
    }

    /// Removes what the node made for itself.
    func remove() {
        groups?.remove()
        _ = rmdir(configuration.scratchFolder)
    }

    private func filter(_ order: SpawnOrder, _ level: IsolationLevel) throws(SystemError)
        -> [UInt8]
    {
        // Where there is a network namespace of its own, sockets may be made: they lead nowhere.
        let isSocketLimited = level == .confined && !order.isNetworkAllowed
        return try filter(.scorer(isSocketLimited: isSocketLimited))
    }

    private func filter(_ audience: SystemCallFilter.Audience) throws(SystemError) -> [UInt8] {
        if let known = filters[audience] { return known }
        let program = try SystemCallFilter.program(for: audience)
        filters[audience] = program
        return program
    }

    private func makeScratch(_ path: String, _ user: UInt32?) throws(SystemError) {
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
        return ends
    }
}
