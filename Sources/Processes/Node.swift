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
/// (PR_SET_PDEATHSIG), so it must be the one that never ends.
///
/// Errors: `Problem` when the node cannot begin: its socket, its launcher, its signals.
public func runNode(_ configuration: NodeConfiguration) throws -> Never {
    _ = setsid()
    _ = linux_become_subreaper()
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
    private var held: [Run: HeldProcess] = [:]
    private var dyingGroups: [ControlGroup] = []
    private var hasLeft = false

    init(_ configuration: NodeConfiguration) throws {
        self.configuration = configuration
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
            isolationReasons: spawner.abilities.reasons
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
        supervisor?.flush()
        spawner.remove()
        _ = unlink(configuration.socketPath)
    }

    private func decide(_ event: NodeInventory.Event) {
        for effect in inventory.decide(event, now: Self.now) { perform(effect) }
    }

    private func perform(_ effect: NodeInventory.Effect) {
        switch effect {
        case .start(let order): start(order)
        case .end(let run): held[run]?.end(now: Self.now)
        case .tell(let report): supervisor?.queue(report, nil)
        case .tellWithLane(let report, let run): supervisor?.queue(report, held[run]?.lane)
        case .cool: break
        case .leave: hasLeft = true
        }
    }

    private func start(_ order: SpawnOrder) {
        do throws(Problem) {
            held[order.run] = try spawner.start(order)
        } catch {
            decide(.refused(order.run, error))
        }
    }

    // MARK: - One turn

    private func turn() {
        let runs = inventory.runs
        let now = Self.now
        var watched = [
            pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: supervisor?.descriptor ?? -1, events: 0, revents: 0),
        ]
        watched[2].events = Int16(POLLIN) | ((supervisor?.isFull ?? false) ? Int16(POLLOUT) : 0)
        for run in runs {
            let process = held[run]
            let isLaunchWatched = process?.isLaunchOpen ?? false
            let isLogWatched = process.map { $0.isLogOpen && $0.log.pausedUntil == nil } ?? false
            let launch = isLaunchWatched ? process?.launch.descriptor : nil
            let log = isLogWatched ? process?.log.descriptor : nil
            watched.append(pollfd(fd: launch ?? -1, events: Int16(POLLIN), revents: 0))
            watched.append(pollfd(fd: log ?? -1, events: Int16(POLLIN), revents: 0))
        }
        _ = poll(&watched, nfds_t(watched.count), timeout(now))
        for (index, run) in runs.enumerated() {
            if watched[3 + 2 * index].revents != 0 { hear(run) }
            if watched[4 + 2 * index].revents != 0 { readLog(run) }
        }
        if watched[0].revents != 0 { takeSignals() }
        if watched[2].revents != 0 { serveSupervisor() }
        if watched[1].revents != 0 { accept() }
        catchUp()
    }

    private func timeout(_ now: Moment) -> Int32 {
        var next = inventory.orphanDeadline
        if !dyingGroups.isEmpty { next = min(next, now + .milliseconds(10)) }
        for run in inventory.runs {
            guard let process = held[run] else { continue }
            if let pause = process.log.pausedUntil { next = min(next, pause) }
            if let kill = process.killAt { next = min(next, kill) }
        }
        guard next != .never else { return -1 }
        let left = (next - now).nanosecondsSaturated
        // Rounded up: waking too early would only mean waking twice.
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }

    /// What is due by the clock.
    private func catchUp() {
        let now = Self.now
        for run in inventory.runs {
            guard let process = held[run] else { continue }
            if let pause = process.log.pausedUntil, pause <= now { readLog(run) }
            if let kill = process.killAt, kill <= now { process.kill() }
        }
        dyingGroups.removeAll { $0.remove() }
        decide(.tick)
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
        supervisor?.flush()
    }

    private func hear(_ run: Run) {
        guard let process = held[run] else { return }
        while process.isLaunchOpen, let news = process.launch.next() {
            switch news {
            case .arrived(let pid):
                do throws(SystemError) {
                    try process.arrived(pid)
                } catch {
                    process.failure = process.failure ?? LaunchFailure(error)
                    process.end(now: Self.now)
                }
            case .scorer(let pid): process.scorer = pid
            case .started: started(process)
            case .failed(let failure): process.failure = process.failure ?? failure
            case .ended(let status): process.status = status
            case .closed: process.isLaunchOpen = false
            }
        }
        supervisor?.flush()
    }

    private func started(_ process: HeldProcess) {
        process.hasStarted = true
        let facts = HeldRun(
            run: process.run,
            pid: process.scorer ?? process.root ?? 0,
            isolation: process.level,
            isWarm: process.isWarm
        )
        decide(.started(facts))
    }

    private func reaped(_ pid: Int32, _ status: Int32) {
        guard
            let run = inventory.runs.first(where: {
                held[$0]?.root == pid || held[$0]?.launcher == pid
            }), let process = held[run]
        else { return }
        // Whatever it said before it ended is in the socket: hear it first.
        hear(run)
        if process.launcher == pid { process.launcher = nil }
        let hasRoot = process.root != nil
        guard process.root == pid || !hasRoot && (status != 0 || process.failure != nil) else {
            return
        }
        finish(process, status)
    }

    private func finish(_ process: HeldProcess, _ status: Int32) {
        process.log.finish(now: Self.now)
        let report = process.report(rootStatus: status)
        held[process.run] = nil
        if let group = process.cleanUp() { dyingGroups.append(group) }
        spawner.giveBack(process)
        if process.hasStarted {
            decide(.ended(process.run, report))
        } else {
            let failure = process.failure ?? .silent
            decide(.refused(process.run, failure.problem(starting: process.run)))
        }
    }

    private func readLog(_ run: Run) {
        guard let process = held[run] else { return }
        if !process.log.read(now: Self.now) { process.isLogOpen = false }
    }
}
