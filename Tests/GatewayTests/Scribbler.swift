// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import CScorerABI
import Foundation
import Glibc
import Wire

/// A scorer that says ready, takes nothing, and when told writes over its whole response region or
/// rings.
final class Scribbler {
    private let socket: PacketSocket
    private let region: UnsafeMutableRawBufferPointer

    init(socket number: Int32) throws {
        socket = PacketSocket(Descriptor(owning: number))
        guard let packet = try socket.receive(), packet.descriptors.count == 2 else {
            throw Stuck(what: "no greeting")
        }
        let hello = packet.bytes.withUnsafeBytes { $0.loadUnaligned(as: scorer_hello.self) }
        let length = Int(hello.responses_bytes)
        let flags = PROT_READ | PROT_WRITE
        let memory = mmap(nil, length, flags, MAP_SHARED, packet.descriptors[1].number, 0)
        guard let memory, memory != MAP_FAILED else { throw SystemError("map the responses") }
        region = UnsafeMutableRawBufferPointer(start: memory, count: length)
        var ready = scorer_word()
        ready.packet = UInt8(SCORER_PACKET_READY.rawValue)
        ready.generation = hello.generation
        _ = send(socket.descriptor.number, &ready, MemoryLayout<scorer_word>.size, 0)
    }

    deinit { munmap(region.baseAddress, region.count) }

    func scribble() {
        region.initializeMemory(as: UInt8.self, repeating: 0xa5)
        ring()
    }

    /// Rings the gateway's bell; `descriptors` go along, which no honest scorer sends.
    func ring(with descriptors: [Int32] = []) {
        var bell = UInt8(SCORER_PACKET_BELL.rawValue)
        let count = Int32(descriptors.count)
        _ = linux_packet_send(socket.descriptor.number, &bell, 1, descriptors, count)
    }
}
