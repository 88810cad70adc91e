// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Glibc
import Synchronization
import Wire

/// A scorer that says ready, takes nothing, and falls asleep anew all the time: whoever looks at it
/// twice finds it asleep twice.
final class DozingScorer: @unchecked Sendable {
    // `words` is written by the thread alone; the rest does not change.
    private let socket: PacketSocket
    private let words: UnsafeMutableRawBufferPointer
    private let isAwake = Atomic(false)
    private let hasStopped = Mailbox<Bool>()

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
        words = UnsafeMutableRawBufferPointer(start: memory, count: length)
        // Asleep from the start: who is rung for is whoever sleeps when something is posted.
        words.storeBytes(of: 1, toByteOffset: 0, as: UInt64.self)
        var ready = scorer_word()
        ready.packet = UInt8(SCORER_PACKET_READY.rawValue)
        ready.generation = hello.generation
        _ = send(socket.descriptor.number, &ready, MemoryLayout<scorer_word>.size, 0)
        Thread.detachNewThread { self.doze() }
    }

    deinit { munmap(words.baseAddress, words.count) }

    private func doze() {
        var asleep: UInt64 = 1
        while !isAwake.load(ordering: .relaxed) {
            asleep += 1
            words.storeBytes(of: asleep, toByteOffset: 0, as: UInt64.self)
        }
        hasStopped.put(true)
    }

    /// Waits for the first bell, then stays awake.
    func waitForBell() throws {
        guard let packet = try socket.receive(), packet.bytes.count == 1 else {
            throw Stuck(what: "no bell")
        }
        isAwake.store(true, ordering: .relaxed)
        try hasStopped.take { $0 }
    }

    /// Bells that wait in the socket.
    func bells() -> Int {
        var bells = 0
        var byte: UInt8 = 0
        while recv(socket.descriptor.number, &byte, 1, Int32(MSG_DONTWAIT)) > 0 { bells += 1 }
        return bells
    }
}
