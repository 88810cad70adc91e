// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// One end of a SOCK_SEQPACKET connection: whole messages in order, descriptors beside them.
///
/// A packet is one JSON document of at most `maximumPacket` bytes. JSON because these messages are
/// rare (a spawn, a route, a readiness), read by people when something goes wrong, and must be
/// understood by the next version; no request's bytes ever travel here.
///
/// Errors: `SystemError` when the kernel refuses; `closed` when the other end is gone.
public final class PacketSocket: Sendable {
    /// Most bytes in one packet.
    public static let maximumPacket = 96 << 10

    /// What arrived: the message's bytes and the descriptors that came with it.
    public struct Packet: Sendable {
        /// The message's bytes.
        public let bytes: Data
        /// The descriptors that came with it, in order.
        public let descriptors: [Descriptor]
    }

    /// The connection's descriptor, for polling.
    public let descriptor: Descriptor

    /// Takes over a connected SOCK_SEQPACKET socket.
    public init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// Connects to the socket at `path`.
    public convenience init(connectingTo path: String) throws(SystemError) {
        let number = linux_packet_connect(path)
        guard number >= 0 else { throw SystemError("connect to '\(path)'") }
        self.init(Descriptor(owning: number))
    }

    /// The pid at the other end.
    public var peer: Int32 { linux_peer_pid(descriptor.number) }

    /// Sends one message; blocks while the other end's queue is full.
    public func send(
        _ message: some Encodable,
        with descriptors: [Descriptor] = []
    )
        throws(SystemError)
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(message), bytes.count <= Self.maximumPacket else {
            throw SystemError("send a message longer than a packet", number: EMSGSIZE)
        }
        // A number is no reference: what owns it must outlive the call, or an optimised build has
        // closed it by then.
        let sent = withExtendedLifetime((self, descriptors)) {
            let numbers = descriptors.map(\.number)
            return bytes.withUnsafeBytes {
                linux_packet_send(
                    descriptor.number,
                    $0.baseAddress,
                    $0.count,
                    numbers,
                    Int32(numbers.count)
                )
            }
        }
        guard sent >= 0 else { throw SystemError("send a message") }
    }

    /// Receives one message; nothing when the other end is gone.
    ///
    /// Blocks unless the descriptor is non-blocking, in which case EAGAIN is thrown.
    public func receive() throws(SystemError) -> Packet? {
        var numbers = [Int32](repeating: -1, count: Int(LINUX_PACKET_DESCRIPTORS))
        var count: Int32 = 0
        // Most messages are short: room for the longest is borrowed, and what came is copied.
        let (received, bytes, number) = withUnsafeTemporaryAllocation(
            byteCount: Self.maximumPacket,
            alignment: 1
        ) { room in
            let received = linux_packet_receive(
                descriptor.number,
                room.baseAddress,
                room.count,
                &numbers,
                &count
            )
            let number = errno
            return (received, Data(UnsafeRawBufferPointer(room).prefix(max(0, received))), number)
        }
        if received < 0 {
            if number == ECONNRESET { return nil }
            throw SystemError("receive a message", number: number)
        }
        let arrived = numbers.prefix(Int(count)).map { Descriptor(owning: $0) }
        guard received > 0 else { return nil }
        return Packet(bytes: bytes, descriptors: Array(arrived))
    }

    /// Ends both directions: a blocked `receive` on either side answers nothing.
    public func shutDown() {
        _ = shutdown(descriptor.number, Int32(SHUT_RDWR))
    }
}

/// A listening SOCK_SEQPACKET socket of mode 0600.
public final class PacketListener: Sendable {
    /// The listening descriptor, for polling.
    public let descriptor: Descriptor

    /// Listens at `path`, replacing a dead socket file there.
    public init(path: String) throws(SystemError) {
        let number = linux_packet_listen(path)
        guard number >= 0 else { throw SystemError("listen at '\(path)'") }
        self.descriptor = Descriptor(owning: number)
    }

    /// Accepts one connection; blocks until there is one.
    public func accept() throws(SystemError) -> PacketSocket {
        let number = linux_packet_accept(descriptor.number)
        guard number >= 0 else { throw SystemError("accept a connection") }
        return PacketSocket(Descriptor(owning: number))
    }
}

extension PacketSocket.Packet {
    /// Reads the message.
    public func decode<Message: Decodable>(_ type: Message.Type) throws -> Message {
        try JSONDecoder().decode(type, from: bytes)
    }
}
