// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Wire

/// INT, TERM and HUP as something that can be polled.
///
/// One for a process, made before other threads start: handlers write a byte to a pipe and do
/// nothing else.
final class StopSignals: Sendable {
    /// The writing end for the handlers, which can reach nothing but globals.
    private static let ringer = Atomic<Int32>(-1)

    /// Readable once a signal came.
    let bell: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard linux_packet_pair(&ends, 1) == 0 else {
            throw SystemError("make a pair of sockets")
        }
        bell = Descriptor(owning: ends[0])
        Self.ringer.store(ends[1], ordering: .releasing)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in
                var byte: UInt8 = 1
                let reason = errno
                _ = write(StopSignals.ringer.load(ordering: .acquiring), &byte, 1)
                errno = reason
            }
            sigaction(number, &action, nil)
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether a signal came since the last call.
    func take() -> Bool {
        var bytes: UInt64 = 0
        var any = false
        while read(bell.number, &bytes, 8) > 0 { any = true }
        return any
    }
}
