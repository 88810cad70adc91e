// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Testing
import Vocabulary

@testable import Wire

private func makePair() throws -> (PacketSocket, PacketSocket) {
    var pair: [Int32] = [-1, -1]
    guard linux_packet_pair(&pair, 0) == 0 else { throw SystemError("make a socket pair") }
    return (
        PacketSocket(Descriptor(owning: pair[0])), PacketSocket(Descriptor(owning: pair[1]))
    )
}

@Suite struct `A packet socket` {
    @Test func `carries a message and its descriptors together`() throws {
        let (near, far) = try makePair()
        let file = Descriptor(owning: linux_memfd("test", 4_096))
        let endpoint = try #require(EndpointName("iris"))

        try near.send(GatewayOrder.unroute(endpoint), with: [file])
        let packet = try #require(try far.receive())

        guard case .unroute(endpoint) = try packet.decode(GatewayOrder.self) else {
            Issue.record("another message arrived")
            return
        }
        #expect(packet.descriptors.count == 1)
        let arrived = try #require(packet.descriptors.first)
        #expect(arrived.number != file.number)
        #expect(lseek(arrived.number, 0, SEEK_END) == 4_096)
    }

    @Test func `is listened for at a file that its owner alone may open`() throws {
        let path = "\(NSTemporaryDirectory())/packets-\(UUID().uuidString.prefix(8))"
        let listener = try PacketListener(path: path)
        defer { unlink(path) }
        var file = stat()

        #expect(lstat(path, &file) == 0)
        #expect(file.st_mode == S_IFSOCK | 0o600)
        withExtendedLifetime(listener) {}
    }

    @Test func `answers nothing once the other end is gone`() throws {
        var (near, far): (PacketSocket?, PacketSocket) = try makePair()
        near = nil

        #expect(near == nil)
        #expect(try far.receive() == nil)
    }

    @Test func `refuses a message that is longer than a packet`() throws {
        let (near, _) = try makePair()
        let text = String(repeating: "x", count: PacketSocket.maximumPacket)

        #expect(throws: SystemError.self) { try near.send(NodeReport.notice(text)) }
    }
}
