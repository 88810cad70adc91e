// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary
import Wire

/// Finding a peer where it runs, or starting it: how the supervisor comes to a node or the gateway.
///
/// A peer outlives the supervisor, so the first thing tried is its socket. Only when nobody answers
/// there is a new process started; its socket is then tried until it answers, it dies, or the time is
/// up.
struct PeerStart: Sendable {
    /// Our own executable.
    let program: OwnProgram
    /// Its arguments.
    let arguments: [String]
    /// Where the peer listens.
    let socketPath: String
    /// Where its output goes.
    let log: String
    /// Where its process is kept.
    let peers: Peers
    /// The process of one that leaves, which still answers there until it has ended.
    var predecessor: Int32?

    /// How long a started peer may take to answer at its socket.
    static let patience: Duration = .seconds(20)
    private static let pause: useconds_t = 10_000

    /// Connects to a peer that already runs; nothing when there is none.
    func findRunning() -> PacketSocket? {
        guard let socket = try? PacketSocket(connectingTo: socketPath) else { return nil }
        peers.add(socket.peer)
        return socket
    }

    /// Starts the peer and connects to it.
    ///
    /// Blocks: call it on a thread that may.
    ///
    /// Errors: `cannotStart` when it cannot be started, ends at once or never answers.
    func start() throws(Problem) -> PacketSocket {
        let pid = try ChildProgram.start(program.place, arguments, log: log)
        let child = ReapedChild(pid)
        peers.add(pid)
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while clock.now < deadline {
            if let socket = findRunning() { return socket }
            if child.hasEnded { throw refusal("it ended at once") }
            usleep(Self.pause)
        }
        child.kill()
        throw refusal("it did not answer at '\(socketPath)'")
    }

    /// Waits until the predecessor has ended, or as long as a start may take.
    func waitForPredecessor() {
        guard let predecessor else { return }
        let number = ChildProgram.openPidfd(predecessor)
        guard number >= 0 else { return }
        let handle = Descriptor(owning: number)
        var watched = pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, Int32(clamping: Self.patience.wholeMilliseconds))
    }

    /// Reaps a process that was found, once it ends, where it is a child of ours.
    func reap(_ pid: Int32) {
        _ = ReapedChild(pid)
    }

    private func refusal(_ reason: String) -> Problem {
        Problem(
            .failed,
            code: "cannotStart",
            what: "cannot start '\(arguments.first ?? "")': \(reason)",
            remedy: "its last words are in '\(log)'"
        )
    }
}

/// A child that is reaped when it ends, by a thread that does nothing else.
private final class ReapedChild: Sendable {
    private let pidfd: Descriptor?

    init(_ pid: pid_t) {
        // Opened while we are the parent that has not reaped it: the pid cannot be another's.
        let number = ChildProgram.openPidfd(pid)
        pidfd = number >= 0 ? Descriptor(owning: number) : nil
        let thread = Thread {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
        thread.name = "reap \(pid)"
        thread.stackSize = 128 << 10
        thread.start()
    }

    var hasEnded: Bool {
        guard let pidfd else { return true }
        var watched = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) > 0
    }

    func kill() {
        guard let pidfd else { return }
        ChildProgram.kill(pidfd: pidfd.number)
    }
}
