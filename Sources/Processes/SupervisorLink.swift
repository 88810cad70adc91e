// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// The connection to the supervisor: never waited for, in either direction.
final class SupervisorLink {
    /// What came.
    enum Arrival {
        case nothing
        case order(NodeOrder)
        /// Something that is no order, in words.
        case nonsense(String)
        case closed
    }

    private let socket: PacketSocket
    private var waiting: [(report: NodeReport, lane: Descriptor?)] = []

    init(_ socket: PacketSocket) {
        self.socket = socket
        _ = fcntl(socket.descriptor.number, F_SETFL, O_NONBLOCK)
    }

    /// The descriptor, for polling.
    var descriptor: Int32 { socket.descriptor.number }

    /// Whether there is something that the other side has had no room for.
    var isFull: Bool { !waiting.isEmpty }

    /// Puts a report behind the others.
    func queue(_ report: NodeReport, _ lane: Descriptor?) {
        waiting.append((report, lane))
    }

    /// Sends what there is room for.
    func flush() {
        while let next = waiting.first {
            do throws(SystemError) {
                try socket.send(next.report, with: next.lane.map { [$0] } ?? [])
            } catch {
                if error.number == EAGAIN { return }
                // Gone, or never to be sent: the connection's end is noticed by receiving.
            }
            waiting.removeFirst()
        }
    }

    /// The next order.
    func receive() -> Arrival {
        do throws(SystemError) {
            guard let packet = try socket.receive() else { return .closed }
            guard let order = try? packet.decode(NodeOrder.self) else {
                return .nonsense("cannot read an order of \(packet.bytes.count) bytes")
            }
            return .order(order)
        } catch {
            return error.number == EAGAIN ? .nothing : .closed
        }
    }
}
