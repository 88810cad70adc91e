// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Vocabulary
import Wire

/// The processes of nodes and gateways that this life of the supervisor started or found.
///
/// Connections are no list of them: one that is being reached, or whose connection has ended, runs
/// all the same, and would run on for its orphan's grace if the supervisor left without a word.
final class Peers: Sendable {
    /// One of them, by a descriptor that can never mean another process.
    struct Member: Sendable {
        let pid: Int32
        fileprivate let handle: Descriptor

        /// Whether it has ended.
        var hasEnded: Bool { hasEnded(within: .zero) }

        /// Waits until it has ended, or so long; answers whether it has.
        func hasEnded(within patience: Duration) -> Bool {
            var watched = pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0)
            return poll(&watched, 1, Int32(clamping: max(0, patience.wholeMilliseconds))) > 0
        }

        /// Asks it to leave, as a person would.
        func askToLeave() {
            _ = linux_pidfd_send_signal(handle.number, SIGTERM)
        }

        /// Ends it.
        func kill() {
            _ = linux_pidfd_send_signal(handle.number, SIGKILL)
        }
    }

    private struct Register {
        var members: [Member] = []
        var isClosed = false
    }

    private let register = Mutex(Register())

    /// Keeps a process that runs now; one that comes after `close` is asked to leave at once.
    func add(_ pid: Int32) {
        let number = linux_pidfd_open(pid)
        guard number >= 0 else { return }
        let member = Member(pid: pid, handle: Descriptor(owning: number))
        let isLate = register.withLock { register in
            register.members.removeAll { $0.hasEnded || $0.pid == pid }
            register.members.append(member)
            return register.isClosed
        }
        if isLate { member.askToLeave() }
    }

    /// Those that have not ended; from now on nobody is kept any more.
    func close() -> [Member] {
        register.withLock { register in
            register.isClosed = true
            return register.members.filter { !$0.hasEnded }
        }
    }
}
