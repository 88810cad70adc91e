// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite struct `What waits to be sent` {
    private func piece(_ length: Int, of byte: UInt8 = 0) -> ByteBuffer {
        ByteBuffer(repeating: byte, count: length)
    }

    @Test(arguments: 0..<20)
    func `leaves as it came, however much a socket takes at once`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = OutputQueue()
        var expected: [UInt8] = []
        var sent: [UInt8] = []

        for step in 0..<400 {
            if random.next() % 2 == 0 {
                let length = Int(random.next() % (random.next() % 3 == 0 ? 40_000 : 300))
                _ = queue.append(piece(length, of: UInt8(step % 251)))
                expected += [UInt8](repeating: UInt8(step % 251), count: length)
            } else if let first = queue.first {
                let count = Int(random.next() % UInt64(first.readableBytes)) + 1
                sent += first.getBytes(at: first.readerIndex, length: count) ?? []
                _ = queue.sent(count)
            }
            #expect(queue.count == expected.count - sent.count)
        }
        while let first = queue.first {
            sent += first.readableBytesView
            _ = queue.sent(first.readableBytes)
        }

        #expect(sent == expected)
        #expect(queue.count == 0)
    }

    @Test func `is one piece where many are short, and gives their memory back`() {
        var queue = OutputQueue()

        let given = (0..<32).map { _ in queue.append(piece(300))?.readableBytes }

        #expect(given == [nil] + Array(repeating: 300, count: 31))
        #expect(queue.first?.readableBytes == 32 * 300)
        #expect(queue.sent(32 * 300)?.readableBytes == 0)
        #expect(queue.first == nil)
    }

    @Test func `is not copied where it is long`() {
        var queue = OutputQueue()

        _ = queue.append(piece(100))
        let isKept = queue.append(piece(20_000)) == nil
        _ = queue.append(piece(100))

        #expect(isKept)
        #expect(queue.first?.readableBytes == 100)
        _ = queue.sent(100)
        #expect(queue.first?.readableBytes == 20_000)
    }

    @Test func `is too much beyond 64 KiB, and little enough again below 32`() {
        var queue = OutputQueue()
        _ = queue.append(piece(64 << 10))
        let hasRoomAtLimit = queue.hasRoom
        _ = queue.append(piece(1))
        let hasRoomBeyond = queue.hasRoom

        _ = queue.sent(32 << 10)
        let hasRoomBetween = queue.hasRoom
        _ = queue.sent(2)

        #expect(hasRoomAtLimit)
        #expect(!hasRoomBeyond)
        #expect(!hasRoomBetween)
        #expect(queue.hasRoom)
    }
}

@Suite struct `Bytes that are kept` {
    @Test func `are copied out of much larger memory, and not out of what they fill`() {
        var shared = ByteBufferAllocator().buffer(capacity: 64 << 10)
        shared.writeString("a few")
        let full = ByteBuffer(repeating: 1, count: 40_000)

        let kept = shared.withoutWaste

        #expect(kept.storageCapacity < 64)
        #expect(String(buffer: kept) == "a few")
        #expect(full.withoutWaste.storageCapacity == full.storageCapacity)
    }
}
