// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import CLinux
import Foundation
import Glibc
import Vocabulary
import Wire

/// One run's process tree and all that was made for it.
final class HeldProcess {
    let run: Run
    let level: IsolationLevel
    let isWarm: Bool
    let launch: LaunchSocket
    /// A duplicate of the gateway's end: while the node lives, the lane does.
    let lane: Descriptor
    let log: LogCapture
    /// What is given back afterwards.
    private(set) var group: ControlGroup?
    let user: UInt32?
    let scratch: String?
    /// Whether it gives way to all that serves.
    private(set) var givesWay: Bool
    /// What the run was given and is kept from.
    let enclosure: Enclosure

    /// For a forked run: the parent it came from, and its uid there.
    var parent: WarmedParent?
    var insideUser: UInt32?
    /// The launcher, until it was reaped.
    var launcher: Int32?
    /// The process that the node reaps for the whole tree.
    var root: Int32?
    private var rootHandle: Descriptor?
    /// The scorer itself.
    var scorer: Int32?
    /// The scorer's wait status, as its init told it.
    var status: Int32?
    var failure: LaunchFailure?
    var hasStarted = false
    var isEnding = false
    /// Whether it was us who killed it: a scorer's own end is never called ours.
    private var isKilled = false
    var isLogOpen = true
    var isLaunchOpen = true
    /// When a tree that was asked to end is killed instead.
    var killAt: Moment?
    /// What was told last of its limits: each change is told once.
    private var toldOfLimits: String?

    init(
        run: Run,
        level: IsolationLevel,
        isWarm: Bool,
        launch: LaunchSocket,
        lane: Descriptor,
        log: LogCapture,
        group: ControlGroup?,
        user: UInt32?,
        scratch: String?,
        givesWay: Bool,
        enclosure: Enclosure
    ) {
        self.run = run
        self.level = level
        self.isWarm = isWarm
        self.launch = launch
        self.lane = lane
        self.log = log
        self.group = group
        self.user = user
        self.scratch = scratch
        self.givesWay = givesWay
        self.enclosure = enclosure
        log.begin(run)
    }

    /// Takes in what the child has said; answers whether its program has just begun to run.
    func hear(now: Moment) -> Bool {
        var hasJustStarted = false
        while isLaunchOpen, let news = launch.next() {
            switch news {
            case .arrived(let pid):
                do throws(SystemError) {
                    try arrived(pid)
                } catch {
                    failure = failure ?? LaunchFailure(error)
                    end(now: now)
                }
            case .scorer(let pid): scorer = pid
            case .started:
                hasJustStarted = !hasStarted
                hasStarted = true
            case .failed(let reason): failure = failure ?? reason
            case .ended(let told): status = told
            case .closed: isLaunchOpen = false
            }
        }
        return hasJustStarted
    }

    /// Whether the end of child `pid` is the end of the whole tree.
    func isGone(_ pid: Int32, _ status: Int32) -> Bool {
        if launcher == pid { launcher = nil }
        // A launcher that makes pids of its own leaves in peace once the tree's root is there.
        return root == pid || (root == nil && (status != 0 || failure != nil))
    }

    /// Whether the tree's root went without having told the scorer's end, and no kernel ends the rest.
    var hasLostItsInit: Bool { level < .sandbox && root != nil && status == nil }

    /// Whether nothing is left of a launch: no process to reap, and nobody who could tell of one.
    var isLost: Bool {
        guard launcher == nil, root == nil else { return false }
        return failure != nil || isEnding || !isLaunchOpen
    }

    /// Takes note of the process that stands for the tree and lets it go on.
    private func arrived(_ pid: Int32) throws(SystemError) {
        guard root == nil, Self.isOurChild(pid) else {
            throw SystemError("believe that \(pid) is a child of this node", number: ECHILD)
        }
        let handle = linux_pidfd_open(pid)
        guard handle >= 0 else { throw SystemError("watch process \(pid)") }
        root = pid
        rootHandle = Descriptor(owning: handle)
        if let group {
            try group.add(pid)
        } else {
            // It may have this of the parent that it was forked from; what it starts has it of it.
            _ = linux_give_way(pid, givesWay ? 1 : 0)
        }
        try launch.letGo()
    }

    /// Has the whole tree count as any other from now on.
    func countInFull() throws(SystemError) {
        guard givesWay else { return }
        givesWay = false
        if group != nil {
            try group?.countInFull()
        } else if let root {
            ProcessTree(root: root).countInFull()
        }
    }

    /// How long an init may take to tell of an end that has begun; then its tree is killed.
    private static let tellingLimit: Duration = .seconds(2)

    /// Ends the tree: asks an init that must do it by hand, kills where the kernel does it.
    ///
    /// A scorer that is leaving by itself is let: its lane is gone before its status is told, so
    /// that the word to end it is often the echo of its own end.
    func end(now: Moment) {
        isEnding = true
        guard let root, let rootHandle else {
            // Not arrived yet: the launcher has made nothing that outlives it.
            if let launcher { _ = Glibc.kill(launcher, SIGKILL) }
            return
        }
        if let scorer, hasStarted, ProcessFacts.hasEnded(scorer, childOf: root) {
            killAt = min(killAt ?? .never, now + Self.tellingLimit)
            return
        }
        isKilled = true
        if level >= .sandbox {
            group?.kill()
            _ = linux_pidfd_send_signal(rootHandle.number, SIGKILL)
        } else {
            _ = linux_pidfd_send_signal(rootHandle.number, LAUNCH_END_SIGNAL)
            killAt = now + .seconds(2)
        }
    }

    /// Ends what did not end when asked.
    func kill() {
        killAt = nil
        isKilled = true
        group?.kill()
        if let rootHandle { _ = linux_pidfd_send_signal(rootHandle.number, SIGKILL) }
    }

    /// What to report once everything is gone; `rootStatus` is the wait status of the tree's root.
    func report(rootStatus: Int32) -> ExitReport {
        let status = self.status ?? rootStatus
        let signal = status & 0x7f
        if signal == SIGKILL, !isKilled, let group, group.outOfMemoryKills > 0 {
            return ExitReport(
                cause: .outOfMemory,
                lastLines: log.lastLines,
                memoryBytes: group.memoryBytes
            )
        }
        let cause: ExitReport.Cause =
            signal == 0 ? .exited(status: (status >> 8) & 0xff) : .signalled(signal)
        return ExitReport(cause: cause, lastLines: log.lastLines)
    }

    /// What somebody else has done to the run's limits, where that has not been told yet.
    func newsOfLimits() -> String? {
        guard let group, let root, hasStarted, !isEnding, !ProcessFacts.isLeaving(root) else {
            return nil
        }
        let found = group.alteration(holding: root)
        defer { toldOfLimits = found }
        guard let found, found != toldOfLimits else { return nil }
        return "the limits of '\(run)' were changed by somebody else: \(found)"
    }

    /// Removes what was made for the run; answers the cgroup that could not go yet.
    func cleanUp() -> ControlGroup? {
        if let scratch { _ = FolderRemoval.remove(scratch) }
        guard let group, !group.remove() else { return nil }
        return group
    }

    private static func isOurChild(_ pid: Int32) -> Bool {
        pid > 1 && ProcessFacts.read(pid)?.parent == getpid()
    }
}
