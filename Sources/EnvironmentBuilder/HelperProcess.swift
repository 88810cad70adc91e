// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Synchronization
import Vocabulary

/// A program that is run once, watched, and leaves nothing behind: `uv`, an interpreter.
///
/// It leads a session of its own, so that ending its group ends all it started, and the kernel ends
/// it when this process dies. Foundation's `Process` gives neither, nor does swift-subprocess tie a
/// child to its parent; hence a thin start of our own.
///
/// One thread waits for each: the kernel's parent-death signal follows the thread that started the
/// child, so that thread has to live as long.
package struct HelperProcess: Sendable {
    /// How it ended.
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        /// It took too long and was ended.
        case late
        /// Nobody wanted it any more and it was ended.
        case cancelled
    }

    /// What came of it.
    package struct Outcome: Hashable, Sendable {
        package let ending: Ending
        /// The last of what it wrote, at most `HelperProcess.keptBytes`.
        package let output: String

        /// Whether it ended by itself with status 0.
        package var isSuccess: Bool { ending == .exited(0) }
    }

    /// Most bytes of output that an outcome carries.
    static let keptBytes = 64 << 10

    let executable: String
    let arguments: [String]
    let variables: [String]
    let folder: String

    /// Names a program, what it is given, its variables as `NAME=VALUE`, and where it runs.
    package init(
        executable: String,
        arguments: [String],
        variables: [String],
        folder: String
    ) {
        self.executable = executable
        self.arguments = arguments
        self.variables = variables
        self.folder = folder
    }

    /// Runs it to its end; cancelling the task ends the program and all it started.
    ///
    /// Shape: `line` gets each line of its output, on another thread, in order.
    /// Errors: `cannotRun` where the kernel does not start it.
    package func run(
        until deadline: ContinuousClock.Instant,
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Problem) -> Outcome {
        guard let bell = CancelBell() else {
            throw problem(reason: String(cString: strerror(errno)))
        }
        let result: Result<Outcome, Problem> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    continuation.resume(
                        returning: Result { () throws(Problem) in
                            try watch(until: deadline, bell: bell, line: line)
                        }
                    )
                }
                thread.name = "helper"
                thread.start()
            }
        } onCancel: {
            bell.ring()
        }
        return try result.get()
    }

    private func watch(
        until deadline: ContinuousClock.Instant,
        bell: CancelBell,
        line: (String) -> Void
    ) throws(Problem) -> Outcome {
        let (output, child) = try start()
        defer { _ = close(output) }
        let exit = linux_pidfd_open(child)
        defer { _ = close(exit) }
        var forced: Ending?
        var collected = OutputTail(limit: Self.keptBytes)
        while true {
            var watched = [
                pollfd(fd: exit, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: forced == nil ? bell.listening : -1, events: Int16(POLLIN), revents: 0),
            ]
            let left = (deadline - .now).wholeMilliseconds
            // Rounded up: a wait of 0 ms would be repeated until the millisecond is over.
            let wait = forced == nil ? Int32(clamping: max(0, left) + 1) : -1
            if poll(&watched, 3, wait) < 0 && errno == EINTR { continue }
            // The clock is asked, not `poll`: to a program that never stops writing something is
            // always ready.
            let isLate = ContinuousClock.now >= deadline
            if forced == nil && (isLate || watched[2].revents != 0) {
                forced = isLate ? .late : .cancelled
                _ = kill(-child, SIGKILL)
            }
            if watched[1].revents != 0 {
                collected.read(from: output, most: Self.keptBytes, line: line)
            }
            // The end of the program counts, not the end of its output: a stray child of it may
            // hold that open for ever.
            if watched[0].revents != 0 { break }
        }
        // While the leader is not reaped its number is ours, so this reaches nobody else.
        _ = kill(-child, SIGKILL)
        // What it wrote last lies in the socket; no more of it than a socket holds.
        collected.read(from: output, most: 4 << 20, line: line)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return Outcome(
            ending: forced ?? (signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)),
            output: collected.text
        )
    }

    private func start() throws(Problem) -> (output: Int32, child: Int32) {
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
            throw problem(reason: String(cString: strerror(errno)))
        }
        let child = ([executable] + arguments).withCStrings { arguments in
            variables.withCStrings { variables in
                linux_spawn_helper(executable, arguments, variables, folder, pair[1])
            }
        }
        let reason = errno
        _ = close(pair[1])
        guard child > 0 else {
            _ = close(pair[0])
            throw problem(reason: String(cString: strerror(reason)))
        }
        return (pair[0], child)
    }

    private func problem(reason: String) -> Problem {
        Problem(.failed, code: "cannotRun", what: "cannot run '\(executable)': \(reason)")
    }
}

/// Wakes the thread that watches a helper when its task is cancelled.
private final class CancelBell: Sendable {
    let listening: Int32
    private let ringing: Int32

    init?() {
        var pair: [Int32] = [-1, -1]
        guard linux_packet_pair(&pair, 1) == 0 else { return nil }
        (listening, ringing) = (pair[0], pair[1])
    }

    func ring() {
        _ = send(ringing, "!", 1, Int32(MSG_NOSIGNAL))
    }

    deinit {
        _ = close(listening)
        _ = close(ringing)
    }
}

extension [String] {
    /// Calls `body` with the strings as C wants an argument list: pointers, then a null pointer.
    fileprivate func withCStrings<Value>(
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let pointers = map { strdup($0) }
        defer { pointers.forEach { free($0) } }
        return body(pointers + [nil])
    }
}
