// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What was written to a connection and its socket has not taken yet, in order.
///
/// Short pieces are gathered into one, so that answers that leave together cost one call.
struct OutputQueue {
    /// More than this is too much: nothing more should be made for the client.
    static let highWater = 64 << 10
    /// Less than this is little enough again.
    static let lowWater = 32 << 10
    /// Pieces are gathered up to this length.
    private static let gatheredLimit = 16 << 10

    /// The piece that is sent first; nothing where all was sent.
    private(set) var first: ByteBuffer?
    private var others = CircularBuffer<ByteBuffer>()
    /// Bytes of all of them.
    private(set) var count = 0
    /// Whether more may be made for the client: not from too much to little enough.
    private(set) var hasRoom = true

    /// Adds a piece; answers it where its bytes were gathered into another.
    mutating func append(_ piece: ByteBuffer) -> ByteBuffer? {
        let length = piece.readableBytes
        guard length > 0 else { return piece }
        count += length
        if count > Self.highWater { hasRoom = false }
        // Nobody may hold the one that is written to: it would be copied.
        guard let last = others.last?.readableBytes ?? first?.readableBytes else {
            first = piece
            return nil
        }
        guard last + length <= Self.gatheredLimit else {
            others.append(piece)
            return nil
        }
        gather(piece)
        return piece
    }

    private mutating func gather(_ piece: ByteBuffer) {
        if others.isEmpty {
            first?.writeImmutableBuffer(piece)
        } else {
            others[others.index(before: others.endIndex)].writeImmutableBuffer(piece)
        }
    }

    /// So many bytes of the first piece were sent; answers the piece where that was all of it.
    mutating func sent(_ bytes: Int) -> ByteBuffer? {
        count -= bytes
        if count < Self.lowWater { hasRoom = true }
        first?.moveReaderIndex(forwardBy: bytes)
        guard let piece = first, piece.readableBytes == 0 else { return nil }
        first = others.popFirst()
        return piece
    }
}
