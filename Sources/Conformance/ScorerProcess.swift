// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Vocabulary
import Wire

/// A scorer that runs on this machine unisolated, with its lane on descriptor 3.
///
/// The kernel ends it when the thread that started it ends, so that thread waits for it.
public final class ScorerProcess {
    /// How it ended.
    public enum Ending: Hashable, Sendable, CustomStringConvertible {
        /// By itself, with this status.
        case left(Int32)
        /// By a signal.
        case signalled(Int32)

        /// What it did, as the end of a sentence about it.
        public var description: String {
            switch self {
            case .left(let status): "left with status \(status)"
            case .signalled(let number):
                "was ended by signal \(number) (\(String(cString: strsignal(number))))"
            }
        }
    }

    /// Where its input comes from and its output goes.
    public enum Manner: Sendable {
        /// Our own terminal, in our own process group: a debugger needs both.
        case atTerminal
        /// No input; all output into one descriptor, in a session of its own.
        case apart(output: Int32)
    }

    /// The pid.
    public let pid: Int32
    /// Readable once it has ended.
    public let exit: Descriptor
    /// How it ended, once that was looked for.
    public private(set) var ending: Ending?
    private let leadsGroup: Bool
    private let mark: String

    /// Starts `program`; `lane` stays the caller's.
    ///
    /// Errors: `cannotRun` where the kernel does not.
    public init(
        _ program: ScorerProgram,
        lane: Descriptor,
        manner: Manner
    ) throws(Problem) {
        mark = "SCOREKEEPER_RUN=\(getpid()).\(linux_monotonic_nanoseconds())"
        let started = Self.start(program, mark: mark, lane: lane, manner: manner)
        guard started.pid > 0 else {
            throw Problem(
                .failed,
                code: "cannotRun",
                what: "cannot run '\(program.path.printable)': "
                    + SystemError("", number: started.error).reason,
                remedy: "see that it is a program for this machine"
            )
        }
        pid = started.pid
        exit = Descriptor(owning: linux_pidfd_open(started.pid))
        if case .apart = manner { leadsGroup = true } else { leadsGroup = false }
    }

    deinit { end() }

    /// Sends a signal to it and to what it started.
    public func signal(_ number: Int32) {
        guard ending == nil else { return }
        _ = kill(leadsGroup ? -pid : pid, number)
    }

    /// Whether it waits for something, or has ended.
    var isAsleep: Bool {
        let facts = FileManager.default.contents(atPath: "/proc/\(pid)/stat") ?? Data()
        let text = String(decoding: facts, as: UTF8.self)
        let state = text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst(2).first
        return state == nil || state == "S" || state == "Z"
    }

    /// Stops it where it stands, and waits until it does.
    func freeze() {
        signal(SIGSTOP)
        var information = siginfo_t()
        let options = Int32(WSTOPPED) | Int32(WEXITED) | Int32(WNOWAIT)
        while waitid(P_PID, id_t(pid), &information, options) < 0, errno == EINTR {}
    }

    /// How it ended, if it has.
    @discardableResult
    public func look() -> Ending? {
        if let ending { return ending }
        // Looked at before it is reaped: until then its group's number is nobody else's.
        var information = siginfo_t()
        let options = Int32(WEXITED) | Int32(WNOHANG) | Int32(WNOWAIT)
        guard waitid(P_PID, id_t(pid), &information, options) == 0, information.si_signo != 0
        else { return nil }
        return reap()
    }

    /// Ends it and all that it started, and waits until it is gone.
    @discardableResult
    public func end() -> Ending {
        if let ending { return ending }
        signal(SIGKILL)
        return reap()
    }

    private func reap() -> Ending {
        var information = siginfo_t()
        let options = Int32(WEXITED) | Int32(WNOWAIT)
        while waitid(P_PID, id_t(pid), &information, options) < 0, errno == EINTR {}
        if leadsGroup { _ = kill(-pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        Strays.end(marked: mark)
        let number = status & 0x7f
        let ending: Ending = number == 0 ? .left((status >> 8) & 0xff) : .signalled(number)
        self.ending = ending
        return ending
    }

    private static func start(
        _ program: ScorerProgram,
        mark: String,
        lane: Descriptor,
        manner: Manner
    ) -> (pid: Int32, error: Int32) {
        withStrings([program.path] + program.arguments) { arguments in
            withStrings(program.environment + [mark]) { environment in
                program.path.withCString { path in
                    var order = linux_program()
                    order.path = path
                    order.lane = lane.number
                    order.input = -1
                    switch manner {
                    case .atTerminal:
                        (order.input, order.output, order.errors) = (0, 1, 2)
                        order.stays_at_terminal = true
                    case .apart(let output): (order.output, order.errors) = (output, output)
                    }
                    return arguments.withUnsafeBufferPointer { arguments in
                        environment.withUnsafeBufferPointer { environment in
                            order.arguments = arguments.baseAddress
                            order.environment = environment.baseAddress
                            let pid = linux_spawn_program(&order)
                            return (pid, errno)
                        }
                    }
                }
            }
        }
    }

    private static func withStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
