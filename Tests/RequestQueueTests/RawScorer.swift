// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import CScorerABI
import Glibc
import Wire

@testable import RequestQueue

/// A scorer without libscorer: it can write whatever it likes wherever it can.
final class RawScorer {
    let end: Descriptor
    private let hello: scorer_hello
    let shape: scorer_shape
    let generation: UInt64
    let requestsMemory: Descriptor
    let responsesMemory: Descriptor
    let requests: UnsafeRawBufferPointer
    let responses: UnsafeMutableRawBufferPointer
    private var done: UInt64 = 0

    init(_ end: Descriptor) throws {
        var hello = scorer_hello()
        var numbers = [Int32](repeating: -1, count: Int(LINUX_PACKET_DESCRIPTORS))
        var count: Int32 = 0
        let size = MemoryLayout<scorer_hello>.size
        guard linux_packet_receive(end.number, &hello, size, &numbers, &count) == size, count == 2
        else { throw SystemError("receive a greeting") }
        self.end = end
        self.hello = hello
        shape = scorer_shape(
            slots: hello.slots,
            calls: hello.calls,
            area_bytes: hello.area_bytes
        )
        generation = hello.generation
        requestsMemory = Descriptor(owning: numbers[0])
        responsesMemory = Descriptor(owning: numbers[1])
        requests = UnsafeRawBufferPointer(
            try Self.map(requestsMemory, hello.requests_bytes, PROT_READ)
        )
        responses = try Self.map(responsesMemory, hello.responses_bytes, PROT_READ | PROT_WRITE)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: requests.baseAddress), requests.count)
        munmap(responses.baseAddress, responses.count)
    }

    static func map(
        _ memory: Descriptor,
        _ bytes: UInt64,
        _ protection: Int32
    ) throws -> UnsafeMutableRawBufferPointer {
        let start = mmap(nil, Int(bytes), protection, MAP_SHARED, memory.number, 0)
        guard let start, start != MAP_FAILED else { throw SystemError("map a region") }
        return UnsafeMutableRawBufferPointer(start: start, count: Int(bytes))
    }

    func slot(_ index: Int) -> scorer_slot {
        let offset = Int(scorer_slots_offset(shape)) + index * MemoryLayout<scorer_slot>.stride
        return requests.load(fromByteOffset: offset, as: scorer_slot.self)
    }

    func area(_ slot: Int) -> UnsafeRawBufferPointer {
        let start = Int(scorer_area_offset(shape, UInt32(slot)))
        return UnsafeRawBufferPointer(rebasing: requests[start..<start + Int(shape.area_bytes)])
    }

    func raiseAsleep(to value: UInt64) {
        responses.storeBytes(of: value, toByteOffset: 0, as: UInt64.self)
    }

    /// Sleeps where the bell is a futex.
    func raiseAsleepOnBells(to value: UInt64) {
        responses.storeBytes(of: value, toByteOffset: 8, as: UInt64.self)
        raiseAsleep(to: value)
    }

    var asleep: UInt64 { responses.load(fromByteOffset: 0, as: UInt64.self) }

    var asleepOnBells: UInt64 { responses.load(fromByteOffset: 8, as: UInt64.self) }

    /// The futex that is rung.
    var bells: UInt32 { requests.load(fromByteOffset: 8, as: UInt32.self) }

    /// How many packets were sent that are no bells.
    var packetsSent: UInt32 { requests.load(fromByteOffset: 12, as: UInt32.self) }

    func storeDone(_ value: UInt64) {
        responses.storeBytes(of: value, toByteOffset: 64, as: UInt64.self)
    }

    func storeTaken(_ ticket: UInt64, slot: Int) {
        responses.storeBytes(of: ticket, toByteOffset: 128 + 8 * slot, as: UInt64.self)
    }

    /// An answer that keeps every rule, for tests that break one of them.
    func honestAnswer(to ticket: Ticket, bytes: UInt32 = 4) -> scorer_completion {
        scorer_completion(
            ticket: ticket.number,
            slot: UInt32(ticket.slot),
            outcome: UInt16(SCORER_OUTCOME_ANSWER.rawValue),
            status: 200,
            offset: scorer_answer_offset(shape, UInt32(ticket.slot)),
            head_length: 0,
            body_length: bytes
        )
    }

    func give(_ completion: scorer_completion) {
        let stride = MemoryLayout<scorer_completion>.stride
        let entry = Int(done % UInt64(scorer_completions(shape)))
        let offset = Int(scorer_completions_offset(shape)) + entry * stride
        responses.storeBytes(of: completion, toByteOffset: offset, as: scorer_completion.self)
        done += 1
        storeDone(done)
    }

    func send(_ bytes: [UInt8]) {
        _ = linux_packet_send(end.number, bytes, bytes.count, nil, 0)
    }

    /// Greets another scorer on the same memory.
    func passHello(to socket: Descriptor) throws {
        var hello = hello
        let numbers = [requestsMemory.number, responsesMemory.number]
        let size = MemoryLayout<scorer_hello>.size
        guard linux_packet_send(socket.number, &hello, size, numbers, 2) == size else {
            throw SystemError("pass a greeting on")
        }
    }

    /// The descriptor that comes with the next packet.
    func receiveDescriptor() throws -> Descriptor? {
        var bytes = [UInt8](repeating: 0, count: 64)
        var numbers = [Int32](repeating: -1, count: Int(LINUX_PACKET_DESCRIPTORS))
        var count: Int32 = 0
        guard linux_packet_receive(end.number, &bytes, bytes.count, &numbers, &count) > 0 else {
            throw SystemError("receive a packet")
        }
        return count == 1 ? Descriptor(owning: numbers[0]) : nil
    }

    /// Packets that wait in the socket, by their first byte.
    func packets() -> [UInt8] {
        var kinds: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 64)
        while recv(end.number, &bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {
            kinds.append(bytes[0])
        }
        return kinds
    }
}
