// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary
import Wire

/// The supervisor's end of a connection to a node or the gateway.
///
/// A thread of its own reads, so that the supervisor's loop never waits for a peer; what arrives is
/// handed over in order. Writing blocks only while the peer's queue is full, which a peer that turns
/// its loop never lets happen.
final class PeerConnection<Report: Decodable & Sendable>: Sendable {
    /// What a connection tells of: a message, or its end.
    enum News: Sendable {
        case report(Report, [Descriptor])
        case ended(String)
    }

    /// The peer's pid when the connection was made.
    let pid: Int32
    private let socket: PacketSocket

    /// Takes over a connected socket and starts to read from it.
    ///
    /// `deliver` is called on the reading thread, in order; `ended` is the last thing it hears.
    init(_ socket: PacketSocket, name: String, deliver: @escaping @Sendable (News) -> Void) {
        self.socket = socket
        self.pid = socket.peer
        let thread = Thread { Self.read(socket, deliver: deliver) }
        thread.name = name
        thread.stackSize = 512 << 10
        thread.start()
    }

    private static func read(_ socket: PacketSocket, deliver: (News) -> Void) {
        do {
            while let packet = try socket.receive() {
                deliver(.report(try packet.decode(Report.self), packet.descriptors))
            }
            deliver(.ended("it closed the connection"))
        } catch {
            socket.shutDown()
            deliver(.ended("\(error)"))
        }
    }

    /// Sends one order; answers whether the peer could be reached.
    func send(_ order: some Encodable, with descriptors: [Descriptor] = []) -> Bool {
        do {
            try socket.send(order, with: descriptors)
            return true
        } catch {
            // Nothing was sent, and the connection is whole: its end would take every scorer down.
            if error.number == EMSGSIZE { return false }
            // The reading thread hears of the same end and tells the loop.
            socket.shutDown()
            return false
        }
    }

    /// Ends the connection; `deliver` hears of it.
    func close() {
        socket.shutDown()
    }
}
