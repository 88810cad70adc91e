// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Conformance
import Foundation
import Glibc
import Vocabulary
import Wire

/// One scorer behind a port, unisolated, for the person who writes it.
///
/// Everything happens on the thread that called `run`: what it starts dies with that thread.
final class DebugSession {
    private let program: ScorerProgram
    private let started: ScorerProgram
    private let tool: DebugTool?
    private let calls: Int
    private let gateway: DebugGateway
    private var restarts: ScorerRestarts
    private var file: ProgramFile
    private var process: ScorerProcess?
    private var startedAt = ContinuousClock.now
    private var pauseEnd: ContinuousClock.Instant?
    private var lane: Lane?
    private var isOver = false

    /// A lane's two ends and the run that it belongs to.
    private struct Lane {
        let near: Descriptor
        /// The scorer's end, kept where a tool may run another process on it.
        let far: Descriptor?
        var run: Run
        /// The process that has the lane, where a tool runs it.
        var inferior: Int32?
    }

    private static let look = Duration.milliseconds(250)
    private static let farewell = Duration.seconds(3)

    /// Listens; starts nothing yet.
    ///
    /// Errors: where the tool is not there or the port not free.
    init(_ program: ScorerProgram, port: UInt16, tool: DebugTool?, calls: Int) throws(Problem) {
        self.program = program
        self.tool = tool
        self.calls = calls
        if let tool {
            started = try program.run(by: tool.find(), tool.options)
        } else {
            started = program
        }
        restarts = ScorerRestarts(name: program.path, isUnderTool: tool != nil)
        file = ProgramFile(program.path)
        gateway = try DebugGateway(port: port)
        // Ctrl-C is the debugger's, which stops the scorer with it.
        if tool == .gdb { signal(SIGINT, SIG_IGN) }
    }

    /// Serves until a signal asks to leave, or the tool has ended.
    func run() throws(Problem) {
        Output.tell("score it at http://\(gateway.address)/score; Ctrl-C ends it")
        try carryOut(restarts.begin())
        while !isOver {
            try turn()
        }
        farewell()
        if let words = tool?.epilogue { Output.tell(words) }
    }

    private func turn() throws(Problem) {
        var waits = [
            pollfd(fd: gateway.bell, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process?.exit.number ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&waits, 2, Int32(Self.look.wholeMilliseconds))
        if waits[0].revents != 0 { try hear() }
        if isOver { return }
        if let ending = process?.look() { try ended(ending) }
        if let pauseEnd, ContinuousClock.now >= pauseEnd {
            self.pauseEnd = nil
            try carryOut(restarts.decide(.paused))
        }
        if file.hasChanged() { try carryOut(restarts.decide(.changed)) }
        if tool == .gdb { try lookAtInferior() }
    }

    private func hear() throws(Problem) {
        guard let report = gateway.report() else { return isOver = true }
        switch report {
        case .ready(lane?.run): try carryOut(restarts.decide(.ready))
        case .startFailed(lane?.run, let why):
            Output.tell("'\(program.path)' cannot start: \(why.printable)")
        case .ejected(lane?.run, let why): try carryOut(restarts.decide(.ejected(why.printable)))
        default: return
        }
    }

    private func ended(_ ending: ScorerProcess.Ending) throws(Problem) {
        // Ctrl-C goes to all that runs in the terminal: the scorer may be gone before the gateway.
        let patience = ending == .signalled(SIGINT) ? Self.farewell : .milliseconds(100)
        if tool == nil, gateway.leaves(within: patience) {
            process = nil
            return isOver = true
        }
        if let lane { try gateway.end(lane.run) }
        (process, lane) = (nil, nil)
        let life = ContinuousClock.now - startedAt
        try carryOut(restarts.decide(.ended("\(ending)", after: life)))
    }

    private func carryOut(_ actions: [ScorerRestarts.Action]) throws(Problem) {
        for action in actions {
            switch action {
            case .tell(let words): Output.tell(words)
            case .start: try start()
            case .startAfterPause: pauseEnd = ContinuousClock.now + .seconds(1)
            case .end: process?.signal(SIGKILL)
            case .leave: isOver = true
            }
        }
    }

    private func start() throws(Problem) {
        var pair: [Int32] = [-1, -1]
        guard linux_packet_pair(&pair, 0) == 0 else {
            throw Problem(.failed, code: "noSocket", what: "\(SystemError("make a lane's socket"))")
        }
        let (near, far) = (Descriptor(owning: pair[0]), Descriptor(owning: pair[1]))
        _ = fcntl(near.number, F_SETFL, O_NONBLOCK)
        startedAt = ContinuousClock.now
        process = try ScorerProcess(started, lane: far, manner: .atTerminal)
        lane = Lane(
            near: near,
            far: tool == .gdb ? far : nil,
            run: try gateway.open(near, calls: calls)
        )
    }

    /// The debugger may run the program again: the new process has the same socket, and is greeted.
    private func lookAtInferior() throws(Problem) {
        guard var lane, let far = lane.far, let process else { return }
        let now = ChildProcesses.of(process.pid).first
        defer { self.lane = lane }
        guard now != lane.inferior else { return }
        let before = lane.inferior
        lane.inferior = now ?? before
        guard before != nil, now != nil else { return }
        try gateway.end(lane.run)
        // What the last process left unread is not for this one.
        var waste = [UInt8](repeating: 0, count: 4_096)
        while recv(far.number, &waste, waste.count, Int32(MSG_DONTWAIT)) > 0 {}
        lane.run = try gateway.open(lane.near, calls: calls)
    }

    /// The gateway has told the scorer to leave; one that does not is ended.
    private func farewell() {
        guard let process else { return }
        let limit = ContinuousClock.now + Self.farewell
        while process.look() == nil, ContinuousClock.now < limit {
            var exit = pollfd(fd: process.exit.number, events: Int16(POLLIN), revents: 0)
            _ = poll(&exit, 1, Int32(Self.look.wholeMilliseconds))
        }
        process.end()
    }
}
