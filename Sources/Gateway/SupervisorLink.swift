// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Vocabulary
import Wire

/// Talks with the supervisor on a thread of its own, so that no request ever waits for it.
///
/// A supervisor may die and come back: each connection begins with what is held. The newest
/// connection counts.
struct SupervisorLink {
    let listener: PacketListener
    let outbox: Outbox
    let loop: LoopMail
    let signals: StopSignals
    let configuration: GatewayConfiguration

    /// Serves supervisors until everything is done.
    func run() {
        var supervisor: PacketSocket?
        var orphanedAt = Self.now
        while true {
            let patience = supervisor == nil ? orphanedAt + configuration.orphanGrace : .never
            switch wait(supervisor, until: patience) {
            case .signal:
                if signals.take() { leave(configuration.leaveGrace) }
            case .orphaned:
                orphanedAt = Self.now
                leave(configuration.leaveGrace)
            case .newcomer:
                guard let newcomer = try? listener.accept() else { continue }
                supervisor = greet(newcomer) ? newcomer : nil
                supervisor = send(outbox.take(), to: supervisor)
            case .reports:
                supervisor = send(outbox.take(), to: supervisor)
            case .order:
                if let packet = try? supervisor?.receive() {
                    obey(packet)
                } else {
                    supervisor = nil
                }
            }
            if outbox.isClosed {
                _ = send(outbox.take(), to: supervisor)
                return
            }
            if supervisor != nil { orphanedAt = Self.now }
        }
    }

    private enum Waking {
        case signal, orphaned, newcomer, reports, order
    }

    private static var now: Moment { Moment(nanoseconds: linux_monotonic_nanoseconds()) }

    private func wait(_ supervisor: PacketSocket?, until limit: Moment) -> Waking {
        var waits = [signals.bell, outbox.bell, listener.descriptor].map {
            pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0)
        }
        if let supervisor {
            waits.append(
                pollfd(fd: supervisor.descriptor.number, events: Int16(POLLIN), revents: 0)
            )
        }
        while true {
            let left = limit == .never ? -1 : max(0, (limit - Self.now).wholeMilliseconds + 1)
            let count = poll(&waits, nfds_t(waits.count), Int32(clamping: left))
            if count == 0 { return .orphaned }
            guard count > 0 else { continue }
            if waits[0].revents != 0 { return .signal }
            if waits[2].revents != 0 { return .newcomer }
            if waits.count > 3, waits[3].revents != 0 { return .order }
            return .reports
        }
    }

    private func leave(_ grace: Duration) {
        loop.post { $0.leave(within: grace) }
    }

    private func obey(_ packet: PacketSocket.Packet) {
        guard let order = try? packet.decode(GatewayOrder.self) else { return }
        let descriptors = packet.descriptors
        loop.post { $0.obey(order, descriptors) }
    }

    /// Tells a new supervisor what is held; what it missed follows.
    private func greet(_ supervisor: PacketSocket) -> Bool {
        let hello = GatewayReport.hello(pid: getpid(), program: configuration.program)
        for (report, descriptors) in loop.ask({ $0.greeting(hello) }) {
            guard (try? supervisor.send(report, with: descriptors)) != nil else { return false }
        }
        return true
    }

    private func send(_ reports: [GatewayReport], to supervisor: PacketSocket?) -> PacketSocket? {
        guard let supervisor else {
            outbox.putBack(reports.filter(\.isWorthKeeping))
            return nil
        }
        for (place, report) in reports.enumerated() {
            do {
                try supervisor.send(report)
            } catch {
                outbox.putBack(reports[place...].filter(\.isWorthKeeping))
                return nil
            }
        }
        return supervisor
    }
}

extension GatewayReport {
    /// Whether a supervisor that comes back must hear this: what `holding` does not say.
    fileprivate var isWorthKeeping: Bool {
        switch self {
        case .startFailed, .ejected, .drained: true
        default: false
        }
    }
}
