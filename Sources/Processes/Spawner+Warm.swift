// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import Foundation
import Glibc
import Vocabulary
import Wire

extension Spawner {
    /// The Python program of an order that may be forked; nothing where it must start cold.
    func warmProgram(_ order: SpawnOrder) -> PythonProgram? {
        guard case .python(let python) = order.program, !python.warmModules.isEmpty,
            // A parent has no network, and a namespace cannot be left for a better one.
            !order.isNetworkAllowed,
            abilities.isolation >= order.minimumIsolation
        else { return nil }
        return python
    }

    /// Starts the warmed parent of an environment.
    func startParent(
        _ python: PythonProgram,
        givingWay: Bool
    ) throws(SystemError) -> WarmedParent {
        let level = abilities.isolation
        let users = try takeUsers(level)
        let name = Self.parentName(python.environment)
        let place = try parentPlace(users, level, name)
        var group: ControlGroup?
        do throws(SystemError) {
            if level == .limited {
                group = try makeGroup(name, .unlimited, givingWay: givingWay)
            }
            // Mounts can be handed over only by root; elsewhere scorers find theirs through the
            // parent, which then sees the folder that all models are in.
            let needsModels =
                level == .confined || (level >= .sandbox && abilities.users == .shared)
            let above = python.work.directories.map(Self.parent(of:))
            let visible = needsModels ? ScorerPlan.outermost(above) : []
            let plan = ScorerPlan(folders: folders, abilities: abilities).parent(
                python,
                at: level,
                users: users,
                visible: visible,
                in: place,
                runs: runsFolder(name),
                filter: try parentFilter(level)
            )
            let launch = try LaunchSocket(plan: plan)
            let control = try Pair.lane()
            let pipe = try Pair.log()
            let parent = WarmedParent(
                environment: python.environment,
                launch: launch,
                control: control.near,
                log: LogCapture(pipe: pipe.near, path: nil),
                group: group,
                givesWay: givingWay,
                users: users,
                visible: visible
            )
            let pid = try launch.start(
                launcher: configuration.launcher,
                lane: control.far,
                log: pipe.far
            )
            parent.follow(pid)
            return parent
        } catch {
            _ = group?.remove()
            giveBack(users)
            throw error
        }
    }

    /// Asks a warmed parent for a run.
    func fork(
        _ order: SpawnOrder,
        _ python: PythonProgram,
        from parent: WarmedParent,
        givingWay: Bool
    ) throws(SystemError) -> HeldProcess {
        let level = abilities.isolation
        let name = Self.fileName(order.run)
        let inside = try takeInsideUser(parent)
        let runs = runsFolder(Self.parentName(parent.environment))
        let scratch = level < .sandbox ? "\(runs)/\(name)" : nil
        var group: ControlGroup?
        do throws(SystemError) {
            if level == .limited {
                group = try makeGroup(name, order.instanceType, givingWay: givingWay)
            }
            if let scratch { try makeScratch(scratch, parent.ownUser) }
            let place = ScorerPlan.Place(
                user: inside ?? 0,
                changesUser: inside != nil,
                scratch: scratch ?? "",
                support: configuration.supportFolder,
                fileLimit: launch_host_hard_limit(Int32(RLIMIT_NOFILE.rawValue))
            )
            let handed = handedOver(order, python, parent, level)
            let trees = try handed.map(Self.tree)
            // The user namespace is the parent's, and its children are in it already.
            var abilities = abilities
            abilities.needsUserNamespace = false
            let scorer = ScorerPlan(folders: folders, abilities: abilities)
            let plan = scorer.forked(
                order,
                python,
                at: level,
                in: place,
                filter: try filter(order, level),
                trees: handed
            )
            let launch = try LaunchSocket(plan: plan, trees: trees)
            let lane = try Pair.lane()
            let pipe = try Pair.log()
            let process = HeldProcess(
                run: order.run,
                level: level,
                isWarm: true,
                launch: launch,
                lane: lane.near,
                log: LogCapture(pipe: pipe.near, path: order.logPath),
                group: group,
                user: nil,
                scratch: scratch,
                givesWay: givingWay,
                enclosure: scorer.enclosure(
                    order,
                    at: level,
                    in: place,
                    user: parent.hostUser(inside),
                    hasOwnUser: inside != nil
                )
            )
            process.insideUser = inside
            process.parent = parent
            guard let far = launch.far else { throw SystemError("ask twice", number: EBUSY) }
            try parent.ask(with: [far, lane.far, pipe.far])
            launch.forgetFar()
            return process
        } catch {
            _ = group?.remove()
            if let scratch { _ = rmdir(scratch) }
            if let inside { parent.giveBack(inside) }
            throw error
        }
    }

    /// Gives back what a warmed parent had; answers the cgroup that could not go yet.
    func giveBack(_ parent: WarmedParent) -> ControlGroup? {
        giveBack(parent.users)
        let name = Self.parentName(parent.environment)
        _ = FolderRemoval.remove("\(configuration.scratchFolder)/\(name)")
        // Stays where scorers of it live on.
        _ = rmdir(runsFolder(name))
        guard let group = parent.group, !group.remove() else { return nil }
        return group
    }

    private static func parentName(_ environment: String) -> String {
        "warm.\(environment.prefix(32))"
    }

    /// The folder that the private folders of a parent's scorers are in, below `sandbox`: one that
    /// outlives the parent, as they do.
    private func runsFolder(_ name: String) -> String {
        "\(configuration.scratchFolder)/\(name).runs"
    }

    /// A parent in a sandbox must be able to build its children's; elsewhere it is as any scorer is.
    private func parentFilter(_ level: IsolationLevel) throws(SystemError) -> [UInt8] {
        guard level == .confined else { return try filter(.warmedParent) }
        return try filter(.scorer(isSocketLimited: true, isModeLimited: isModeLimited(level)))
    }

    private func takeUsers(_ level: IsolationLevel) throws(SystemError) -> WarmedParent.Users {
        guard abilities.users == .range else { return .shared(own: nil) }
        if level < .sandbox {
            return .shared(own: try takeUser())
        }
        guard let block = users.takeBlock() else {
            throw SystemError("find a free block of uids", number: EAGAIN)
        }
        return .block(block)
    }

    private func giveBack(_ users: WarmedParent.Users) {
        switch users {
        case .block(let block): self.users.giveBack(block)
        case .shared(let own?): self.users.giveBack(own)
        case .shared(nil): break
        }
    }

    private func parentPlace(
        _ users: WarmedParent.Users,
        _ level: IsolationLevel,
        _ name: String
    ) throws(SystemError) -> ScorerPlan.Place {
        let scratch = "\(configuration.scratchFolder)/\(name)"
        if level < .sandbox {
            guard case .shared(let own) = users else {
                throw SystemError("share a uid", number: EINVAL)
            }
            try makeScratch(scratch, own)
            let runs = runsFolder(name)
            guard mkdir(runs, 0o711) == 0 || errno == EEXIST else {
                throw SystemError("make the folder '\(runs)'")
            }
        }
        return ScorerPlan.Place(
            user: 0,
            changesUser: false,
            scratch: scratch,
            support: configuration.supportFolder,
            fileLimit: launch_host_hard_limit(Int32(RLIMIT_NOFILE.rawValue))
        )
    }

    /// A uid of the parent's block; nothing where its scorers share the parent's own.
    private func takeInsideUser(_ parent: WarmedParent) throws(SystemError) -> UInt32? {
        guard case .block = parent.users else { return nil }
        guard let user = parent.takeUser() else {
            throw SystemError("find a free uid in the warmed parent", number: EAGAIN)
        }
        return user
    }

    /// What the parent cannot see and the scorer must: handed over as mounts.
    private func handedOver(
        _ order: SpawnOrder,
        _ python: PythonProgram,
        _ parent: WarmedParent,
        _ level: IsolationLevel
    ) -> [String] {
        guard level >= .sandbox else { return [] }
        let seen =
            ScorerPlan.warmReadable(python, support: configuration.supportFolder)
            + parent.visible + folders.paths
        return ScorerPlan.readable(order, support: configuration.supportFolder).filter { path in
            !seen.contains { path.lies(inside: $0) }
        }
    }

    private static func parent(of path: String) -> String {
        (path as NSString).deletingLastPathComponent
    }

    private static func tree(_ path: String) throws(SystemError) -> Descriptor {
        let number = launch_host_tree(path)
        guard number >= 0 else { throw SystemError("make a mount of '\(path)'") }
        return Descriptor(owning: number)
    }
}

extension InstanceType {
    /// Bounded by nothing of its own.
    static let unlimited = InstanceType(name: "unlimited", millicores: 0, memoryBytes: 0)
}

extension WarmedParent {
    /// The host's uid that its scorers share; nothing where they do not, or it is the node's.
    var ownUser: UInt32? {
        if case .shared(let own) = users { return own }
        return nil
    }

    /// The host's uid of a scorer that is `inside` there.
    func hostUser(_ inside: UInt32?) -> UInt32 {
        guard case .block(let block) = users, let inside else { return ownUser ?? getuid() }
        return block.lowerBound + inside
    }
}
