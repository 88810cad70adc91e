// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import CLinux
import Foundation
import Glibc
import Vocabulary
import Wire

/// Runs a node on the calling thread until it has left; then ends the process.
///
/// Everything happens on this one thread: scorers die with the thread that started them
/// (PR_SET_PDEATHSIG), so it must be the one that never ends. Call it on the main thread of a
/// process that has no other: signals are taken from a descriptor.
///
/// Errors: `Problem` when the node cannot begin: its socket, its launcher, its signals.
public func runNode(_ configuration: NodeConfiguration) throws -> Never {
    _ = setsid()
    _ = linux_become_subreaper()
    // Each scorer costs some: its lane, its output, the descriptor that tells of its end.
    DescriptorLimit.raise()
    let node = try Node(configuration)
    node.run()
    exit(0)
}

/// The effects of a node: it polls, hands what happened to `NodeInventory`, and does what that says.
final class Node {
    let configuration: NodeConfiguration
    private let signals: Descriptor
    private let listener: PacketListener
    private var supervisor: SupervisorLink?
    private var inventory: NodeInventory
    let spawner: Spawner
    var held: [Run: HeldProcess] = [:]
    var dyingGroups: [ControlGroup] = []
    var warmth = WarmedParents()
    var parents: [String: WarmedParent] = [:]
    /// Orders of runs that may be forked, until they run or start cold.
    var warmOrders: [Run: SpawnOrder] = [:]
    var givingWay: GivingWay
    private var hasLeft = false
    /// When the limits of runs are looked at next.
    private var limitsLookAt = Moment.zero
    /// When the node goes even though something of it is still leaving.
    private var leaveBy = Moment.never

    init(_ configuration: NodeConfiguration) throws {
        self.configuration = configuration
        self.givingWay = GivingWay(patience: configuration.startPatience)
        let signals = launch_host_signals()
        guard signals >= 0 else { throw SystemError("watch for signals") }
        self.signals = Descriptor(owning: signals)
        self.spawner = try Spawner(configuration)
        let greeting = NodeHello(
            name: configuration.name,
            pid: getpid(),
            millicores: configuration.millicores,
            memoryBytes: configuration.memoryBytes,
            isolation: spawner.abilities.isolation,
            isolationReasons: spawner.abilities.reasons,
            program: configuration.program
        )
        self.inventory = NodeInventory(
            greeting: greeting,
            grace: configuration.orphanGrace,
            now: Self.now
        )
        self.listener = try PacketListener(path: configuration.socketPath)
    }

    static var now: Moment { Moment(nanoseconds: linux_monotonic_nanoseconds()) }

    /// Turns until the inventory says to leave.
    func run() {
        while !hasLeft {
            turn()
        }
        leaveBy = Self.now + .seconds(2)
        for name in parents.keys.sorted() { decide(WarmedParents.Event.cool(name)) }
        while !(parents.isEmpty && dyingGroups.isEmpty && supervisor?.isFull != true),
            Self.now < leaveBy
        {
            turn()
        }
        spawner.remove()
        _ = unlink(configuration.socketPath)
    }

    func decide(_ event: NodeInventory.Event) {
        for effect in inventory.decide(event, now: Self.now) { perform(effect) }
    }

    private func perform(_ effect: NodeInventory.Effect) {
        switch effect {
        case .start(let order): start(order)
        case .end(let run): end(run)
        case .countInFull(let run):
            if givingWay.end(run) { countInFull(run) }
        case .tell(let report): supervisor?.queue(report, nil)
        case .tellWithLane(let report, let run): supervisor?.queue(report, held[run]?.lane)
        case .cool(let environment): decide(.cool(environment))
        case .leave: hasLeft = true
        }
    }

    private func start(_ order: SpawnOrder) {
        if order.givesWay == true, spawner.canGiveWay {
            givingWay.begin(order.run, now: Self.now)
        }
        guard let python = spawner.warmProgram(order) else { return startCold(order) }
        warmOrders[order.run] = order
        decide(.wanted(python.environment, order.run))
        hurryParents()
    }

    func startCold(_ order: SpawnOrder) {
        do throws(Problem) {
            let givesWay = givingWay.includes(order.run)
            held[order.run] = try spawner.start(order, givingWay: givesWay)
        } catch {
            decide(.refused(order.run, error))
        }
    }

    private func end(_ run: Run) {
        if warmOrders.removeValue(forKey: run) != nil { decide(.dropped(run)) }
        guard let process = held[run] else {
            return decide(.refused(run, Self.endedEarly(run)))
        }
        process.end(now: Self.now)
        discardIfLost(process)
    }

    private static func endedEarly(_ run: Run) -> Problem {
        Problem(.conflict, code: "endedEarly", what: "'\(run)' was ended before it had started")
    }

    // MARK: - One turn

    private func turn() {
        var watch = PollSet()
        watch.add(signals.number) { $0.takeSignals() }
        watch.add(listener.descriptor.number) { $0.accept() }
        if let supervisor {
            watch.add(supervisor.descriptor, writing: supervisor.isFull) { $0.serveSupervisor() }
        }
        for run in held.keys.sorted() {
            guard let process = held[run] else { continue }
            if process.isLaunchOpen { watch.add(process.launch.descriptor) { $0.hear(run) } }
            if process.isLogOpen, process.log.pausedUntil == nil {
                watch.add(process.log.descriptor) { $0.readLog(run) }
            }
        }
        watchParents(&watch)
        watch.wait(until: nextDeadline, self)
        catchUp()
        supervisor?.flush()
    }

    private var nextDeadline: Moment {
        var next = min(
            inventory.orphanDeadline,
            warmth.nextDeadline,
            givingWay.nextDeadline,
            leaveBy
        )
        if !dyingGroups.isEmpty { next = min(next, Self.now + .milliseconds(10)) }
        if held.values.contains(where: { $0.group != nil }) { next = min(next, limitsLookAt) }
        for process in held.values {
            if let pause = process.log.pausedUntil { next = min(next, pause) }
            if let kill = process.killAt { next = min(next, kill) }
        }
        return next
    }

    /// What is due by the clock.
    private func catchUp() {
        let now = Self.now
        for run in held.keys.sorted() {
            guard let process = held[run] else { continue }
            if let pause = process.log.pausedUntil, pause <= now { readLog(run) }
            if let kill = process.killAt, kill <= now { process.kill() }
        }
        dyingGroups.removeAll { $0.remove() }
        if limitsLookAt <= now { lookAtLimits(now) }
        for run in givingWay.overdue(now: now) { countInFull(run) }
        decide(NodeInventory.Event.tick)
        decide(WarmedParents.Event.tick)
    }

    /// Tells whatever an administrator, or another program, has done to the cgroups of runs.
    private func lookAtLimits(_ now: Moment) {
        limitsLookAt = now + configuration.limitsLook
        for run in held.keys.sorted() {
            if let news = held[run]?.newsOfLimits() { decide(.noticed(news)) }
        }
    }

    // MARK: - The supervisor

    private func accept() {
        guard let socket = try? listener.accept() else { return }
        if supervisor != nil { decide(.supervisorLeft) }
        supervisor = SupervisorLink(socket)
        decide(.supervisorArrived)
        supervisor?.flush()
    }

    private func serveSupervisor() {
        guard let link = supervisor else { return }
        link.flush()
        while supervisor === link {
            switch link.receive() {
            case .nothing: return
            case .order(let order):
                decide(.ordered(order))
                link.flush()
            case .nonsense(let text):
                decide(.noticed(text))
                link.flush()
            case .closed:
                supervisor = nil
                decide(.supervisorLeft)
            }
        }
    }

    // MARK: - Children

    private func takeSignals() {
        while true {
            let signal = launch_host_next_signal(signals.number)
            if signal == 0 { break }
            if signal == SIGTERM { decide(.askedToLeave) }
        }
        while true {
            var status: Int32 = 0
            let pid = launch_host_reap(&status)
            if pid == 0 { break }
            reaped(pid, status)
        }
    }

    private func hear(_ run: Run) {
        guard let process = held[run] else { return }
        if process.hear(now: Self.now) {
            if warmOrders.removeValue(forKey: run) != nil { decide(.started(run)) }
            let facts = HeldRun(
                run: run,
                pid: process.scorer ?? process.root ?? 0,
                isolation: process.level,
                isWarm: process.isWarm,
                enclosure: process.enclosure
            )
            decide(NodeInventory.Event.started(facts))
        }
        discardIfLost(process)
    }

    private func reaped(_ pid: Int32, _ status: Int32) {
        if let parent = parents.values.first(where: { $0.process == pid }) {
            return parentEnded(parent, status)
        }
        let run = held.keys.sorted().first {
            held[$0]?.root == pid || held[$0]?.launcher == pid
        }
        guard let run, let process = held[run] else { return }
        // Whatever it said before it ended is in the socket: hear it first.
        hear(run)
        if process.isGone(pid, status) { finish(process, status) } else { discardIfLost(process) }
    }

    /// Gives up a launch of which nothing is left that could be reaped.
    private func discardIfLost(_ process: HeldProcess) {
        guard held[process.run] === process, process.isLost else { return }
        finish(process, 0)
    }

    private func finish(_ process: HeldProcess, _ status: Int32) {
        let run = process.run
        process.log.finish(now: Self.now)
        let report = process.report(rootStatus: status)
        // Whoever is killed by the kernel cannot write it down.
        if report.cause == .outOfMemory { process.log.add("[scorekeeper: the scorer \(report)]") }
        held[run] = nil
        _ = givingWay.end(run)
        if process.hasLostItsInit {
            if let user = process.user { launch_host_end_user(user) }
            endStrangers()
        }
        if let group = process.cleanUp() { dyingGroups.append(group) }
        spawner.giveBack(process)
        if process.hasStarted { return decide(.ended(run, report)) }
        let failure = process.failure ?? .silent
        if warmOrders[run] != nil { return decide(.failed(run, failure.reason)) }
        let problem =
            process.isEnding ? Self.endedEarly(run) : failure.problem(starting: run)
        decide(.refused(run, problem))
    }

    /// Ends the orphans of a tree whose init was killed before it could: they are our children now.
    private func endStrangers() {
        var known = Set(parents.values.compactMap(\.process))
        for process in held.values {
            known.formUnion([process.root, process.launcher].compactMap { $0 })
        }
        let list = SmallFile.read("/proc/self/task/\(getpid())/children") ?? ""
        for pid in list.split(whereSeparator: \.isWhitespace).compactMap({ Int32($0) })
        where !known.contains(pid) {
            _ = Glibc.kill(pid, SIGKILL)
        }
    }

    private func readLog(_ run: Run) {
        guard let process = held[run] else { return }
        if !process.log.read(now: Self.now) { process.isLogOpen = false }
    }
}
