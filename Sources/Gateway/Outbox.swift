// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Wire

/// Reports on their way from the loop to the supervisor.
///
/// The loop adds and never waits; the link's thread takes and sends. While no supervisor is there,
/// the newest are kept, so that a supervisor that comes back hears what it missed.
final class Outbox: Sendable {
    /// Most reports kept.
    private static let capacity = 4_096

    private struct Contents {
        var reports: [GatewayReport] = []
        var isClosed = false
    }

    private let contents = Mutex(Contents())
    /// Readable when there is something to do.
    let bell: Descriptor
    private let ringer: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard linux_packet_pair(&ends, 1) == 0 else {
            throw SystemError("make a pair of sockets")
        }
        bell = Descriptor(owning: ends[0])
        ringer = Descriptor(owning: ends[1])
    }

    func add(_ report: GatewayReport) {
        contents.withLock { contents in
            if contents.reports.count >= Self.capacity { contents.reports.removeFirst() }
            contents.reports.append(report)
        }
        ring()
    }

    /// Everything is done: the link ends once the last report is sent.
    func close() {
        contents.withLock { $0.isClosed = true }
        ring()
    }

    /// Takes what there is.
    func take() -> [GatewayReport] {
        var byte: UInt8 = 0
        while read(bell.number, &byte, 1) > 0 {}
        return contents.withLock { contents in
            defer { contents.reports = [] }
            return contents.reports
        }
    }

    /// Puts back what could not be sent, before what came since.
    func putBack(_ reports: [GatewayReport]) {
        contents.withLock { $0.reports.insert(contentsOf: reports, at: 0) }
    }

    var isClosed: Bool { contents.withLock { $0.isClosed } }

    private func ring() {
        var byte: UInt8 = 1
        _ = write(ringer.number, &byte, 1)
    }
}
