// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization
import Testing
import Vocabulary
import Wire

@testable import Processes

/// A node as a process of its own, with the test as its supervisor.
final class TestNode {
    private struct Arguments: Codable {
        var name: String
        var folder: String
        var support: String
        var graceMilliseconds: Int
        var highest: IsolationLevel
        var firstUser: UInt32
    }

    /// A watchdog, not a measure: what never comes fails the test instead of stopping it.
    static let patience: Int32 = 60_000
    private static let number = Atomic<UInt32>(0)

    let folder: String
    let process = Process()
    let cgroupName: String
    private(set) var socket: PacketSocket
    private(set) var greeting: [NodeReport] = []
    private let isAmongFewPids: Bool
    private var incarnation = 0
    private var waiting: [NodeReport] = []

    /// Whether a pid namespace can have a bound of its own.
    static let canLowerPids: Bool = {
        let trial = Process()
        trial.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        trial.arguments = ["-pf", "--mount-proc", "sh", "-c", lowerPids]
        let outside = SmallFile.read("/proc/sys/kernel/pid_max")
        guard (try? trial.run()) != nil else { return false }
        trial.waitUntilExit()
        let isOwn = SmallFile.read("/proc/sys/kernel/pid_max") == outside
        if !isOwn, let outside {
            _ = SmallFile.write(outside, to: "/proc/sys/kernel/pid_max")
        }
        return isOwn && trial.terminationStatus == 0
    }()
    private static let lowerPids = "echo 400 >/proc/sys/kernel/pid_max"

    /// Forks for ever, and keeps a file with how many came by and how many did not end by themselves.
    private static let passersBy = """
        import os, sys
        count = killed = 0
        while True:
            pid = os.fork()
            if pid == 0: os._exit(0)
            killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
            count += 1
            if count % 50 == 0:
                with open(sys.argv[1] + '.new', 'w') as file: file.write(f'{count} {killed}')
                os.rename(sys.argv[1] + '.new', sys.argv[1])
        """

    init(
        upTo highest: IsolationLevel = .limited,
        graceMilliseconds: Int = 60_000,
        amongFewPids: Bool = false,
        withFewDescriptors: Bool = false
    ) throws {
        isAmongFewPids = amongFewPids
        let number = Self.number.add(1, ordering: .relaxed).newValue
        let name = "n\(getpid())-\(number)"
        folder = try Workshop.makeFolder("node")
        cgroupName = "scorekeeper-test-\(name)"
        let arguments = Arguments(
            name: name,
            folder: folder,
            support: Workshop.support,
            graceMilliseconds: graceMilliseconds,
            highest: highest,
            firstUser: 1_000_000 + number * 1_024
        )
        let text = String(decoding: try JSONEncoder().encode(arguments), as: UTF8.self)
        let program = "\(Workshop.products)/ProcessesTestNode"
        process.executableURL = URL(fileURLWithPath: amongFewPids ? "/usr/bin/unshare" : program)
        process.arguments =
            amongFewPids
            ? [
                "-pf", "--mount-proc", "--kill-child", "sh", "-c",
                "\(Self.lowerPids); \(Workshop.python) -c \"$2\" \"$3\" & exec \"$0\" \"$1\"",
                program, text, Self.passersBy, "\(folder)/passers-by",
            ] : [text]
        if withFewDescriptors {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit -S -n 24; exec \"$0\" \"$1\"", program, text]
        }
        process.environment = ["SWIFT_BACKTRACE": "enable=no"]
        try process.run()
        socket = try Self.connect("\(folder)/node.sock", while: process)
        try greet()
    }

    deinit {
        // What stands before it in a namespace of its own passes no signal on.
        if isAmongFewPids { try? socket.send(NodeOrder.leave) } else { socket.shutDown() }
        if !isAmongFewPids, process.isRunning { process.terminate() }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Who the node says it is.
    var hello: NodeHello? {
        if case .hello(let hello) = greeting.first { return hello }
        return nil
    }

    /// The level that the node gives.
    var isolation: IsolationLevel { hello?.isolation ?? .process }

    /// Connects once more, as a supervisor that was restarted.
    func reconnect() throws {
        socket.shutDown()
        socket = try Self.connect("\(folder)/node.sock", while: process)
        waiting = []
        try greet()
    }

    /// Sends an order.
    func send(_ order: NodeOrder) throws { try socket.send(order) }

    /// An order to run Python code, not yet sent.
    func order(
        _ code: String,
        readable: [String] = [],
        network: Bool = false,
        type: InstanceType = .shared,
        minimum: IsolationLevel = .process
    ) throws -> SpawnOrder {
        SpawnOrder(
            run: try nextRun(),
            program: .native(path: Workshop.python, arguments: ["-c", code]),
            variables: [:],
            readable: readable,
            instanceType: type,
            isNetworkAllowed: network,
            minimumIsolation: minimum,
            logPath: "\(folder)/scorer.log"
        )
    }

    /// An order for a model of Python code that may be forked from a warmed parent.
    func pythonOrder(
        _ code: String,
        importing modules: [String],
        environment: String = "e0"
    ) throws -> SpawnOrder {
        var order = try order("")
        let model = "\(folder)/models/\(order.run.incarnation)"
        try FileManager.default.createDirectory(
            atPath: model,
            withIntermediateDirectories: true
        )
        try Data(code.utf8).write(to: URL(fileURLWithPath: "\(model)/main.py"))
        order.program = .python(
            PythonProgram(
                interpreter: Workshop.python,
                environmentPaths: ["/usr/lib/python3", "\(folder)/packages"],
                environment: environment,
                runtime: "\(Workshop.support)/python",
                work: .model(model),
                warmModules: modules
            )
        )
        try FileManager.default.createDirectory(
            atPath: "\(folder)/packages",
            withIntermediateDirectories: true
        )
        return order
    }

    /// The run after the last.
    func nextRun() throws -> Run {
        incarnation += 1
        let endpoint = try #require(EndpointName("iris"))
        let key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        return Run(instance: InstanceID(key: key, ordinal: 1), incarnation: incarnation)
    }

    /// The next report, with its descriptors.
    func next() throws -> (report: NodeReport, descriptors: [Descriptor]) {
        var watched = pollfd(
            fd: socket.descriptor.number,
            events: Int16(POLLIN),
            revents: 0
        )
        try #require(poll(&watched, 1, Self.patience) == 1, "the node says nothing")
        let packet = try #require(try socket.receive(), "the node has gone")
        return (try packet.decode(NodeReport.self), packet.descriptors)
    }

    /// Sends the order and waits until its program runs; the gateway's end of its lane.
    func start(_ order: SpawnOrder) throws -> (held: HeldRun, lane: PacketSocket) {
        try send(.spawn(order))
        while true {
            let (report, descriptors) = try next()
            switch report {
            case .spawned(let held):
                return (held, PacketSocket(try #require(descriptors.first)))
            case .refused(_, let problem): throw problem
            default: continue
            }
        }
    }

    /// Waits for the end of a run.
    func end(of run: Run) throws -> ExitReport {
        while true {
            switch try next().report {
            case .exited(run, let report): return report
            case .refused(run, let problem): throw problem
            default: continue
            }
        }
    }

    /// Runs Python code to its end.
    func result(
        of code: String,
        at place: (inout SpawnOrder) -> Void = { _ in }
    ) throws
        -> ExitReport
    {
        var order = try order(code)
        place(&order)
        try send(.spawn(order))
        return try end(of: order.run)
    }

    private func greet() throws {
        greeting = []
        while true {
            let report = try next().report
            if case .helloEnd = report { return }
            greeting.append(report)
        }
    }

    private static func connect(_ path: String, while process: Process) throws -> PacketSocket {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let socket = try? PacketSocket(connectingTo: path) { return socket }
            try #require(process.isRunning, "the node ended at once")
            sched_yield()
        }
        throw SystemError("connect to the node", number: ETIMEDOUT)
    }
}

extension PacketSocket {
    /// Waits for one packet's text; nothing when nobody holds the other end any more.
    func text() throws -> String? {
        var watched = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        try #require(poll(&watched, 1, TestNode.patience) == 1, "the lane stays silent")
        return try receive().map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Waits until nobody holds the other end any more, whatever is said before.
    func waitForTheEnd() throws {
        while try text() != nil {}
    }
}
