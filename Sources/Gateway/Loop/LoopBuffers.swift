// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// The memory that connections share: one buffer to receive into, and some to write answers into.
///
/// What is received lies in memory that the next reading takes again, unless somebody has kept it.
/// Confined to the loop.
final class LoopBuffers {
    /// What came of a socket.
    enum Received {
        case bytes
        /// Nothing is there at the moment.
        case nothing
        /// The other end sends nothing more, or the socket is broken.
        case end
    }

    /// Most bytes of one reading.
    private static let inputCapacity = 64 << 10
    /// Buffers of at least and at most this many bytes are worth keeping.
    private static let keptCapacities = 512...(8 << 10)
    private static let keptLimit = 64

    /// What was received last.
    private(set) var input = ByteBufferAllocator().buffer(capacity: inputCapacity)
    private var kept: [ByteBuffer] = []

    /// Reads from a socket, once.
    func receive(from number: Int32) -> Received {
        input.clear(minimumCapacity: Self.inputCapacity)
        var outcome = Received.bytes
        input.writeWithUnsafeMutableBytes(minimumWritableBytes: 0) { bytes in
            var count: Int
            repeat {
                count = recv(number, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
            } while count < 0 && errno == EINTR
            if count == 0 || count < 0 && errno != EAGAIN {
                outcome = .end
            } else if count < 0 {
                outcome = .nothing
            }
            return max(0, count)
        }
        return outcome
    }

    /// Room for an answer.
    func buffer(capacity: Int) -> ByteBuffer {
        guard capacity <= Self.keptCapacities.upperBound, var buffer = kept.popLast() else {
            let least = max(capacity, Self.keptCapacities.lowerBound)
            return ByteBufferAllocator().buffer(capacity: least)
        }
        buffer.clear(minimumCapacity: capacity)
        return buffer
    }

    /// Takes back one that was sent.
    func giveBack(_ buffer: ByteBuffer) {
        guard kept.count < Self.keptLimit,
            Self.keptCapacities.contains(buffer.storageCapacity)
        else { return }
        kept.append(buffer)
    }
}
