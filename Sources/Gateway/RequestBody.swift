// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RequestQueue

/// A request's body while it comes in and until its request is over: a retry needs it again.
///
/// What fits into a lane's area is kept as the bytes that the socket gave, and copied once, into
/// the lane. What does not is written to memory of its own as it comes.
struct RequestBody {
    /// Longest body that is kept in memory of the process: what fits into an area beside a head.
    static let smallLimit = 48 << 10
    /// A long body is written in pieces of this size or larger.
    private static let writeSize = 32 << 10
    /// A short body; of a long one, what is not written yet.
    private(set) var bytes: ByteBuffer?
    private(set) var long: LongBody?
    private(set) var count = 0
    /// Takes a long body in as it is written, where its digest is going to be asked for.
    private var longHasher: Hasher?

    /// Adds what came; `announced` is the whole length where the client said it.
    mutating func append(
        _ part: ByteBuffer,
        announced: Int?,
        needsDigest: Bool
    ) throws(LaneError) {
        count += part.readableBytes
        if long == nil, max(count, announced ?? 0) > Self.smallLimit {
            long = try LongBody()
            if needsDigest { longHasher = Hasher() }
        }
        if bytes == nil {
            bytes = part.withoutWaste
        } else {
            bytes?.writeImmutableBuffer(part)
        }
        if long != nil, bytes?.readableBytes ?? 0 >= Self.writeSize { try writeOut() }
    }

    /// Nothing more comes.
    mutating func finish() throws(LaneError) {
        if long != nil { try writeOut() }
    }

    /// Writes what has gathered: a client that sends single bytes costs no system call each.
    private mutating func writeOut() throws(LaneError) {
        guard let long, let gathered = bytes else { return }
        bytes = nil
        var failure: LaneError?
        gathered.withUnsafeReadableBytes { bytes in
            longHasher?.combine(bytes: bytes)
            do throws(LaneError) { try long.append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Copies the bytes out of a receive buffer that they hold on to for nothing.
    mutating func compact() {
        bytes = bytes?.withoutWaste
    }

    /// The same without a descriptor: in memory of the process, however long it is.
    ///
    /// Nothing where the machine has no room to look at it.
    var inMemory: RequestBody? {
        guard let long else { return self }
        var whole = ByteBufferAllocator().buffer(capacity: count)
        long.withBytes { _ = whole.writeBytes($0) }
        guard whole.readableBytes == count else { return nil }
        var body = self
        body.bytes = whole
        body.long = nil
        body.longHasher = nil
        return body
    }

    /// A keyed digest, for refusing a body that killed a scorer; differs in each life of the
    /// gateway, so that nobody can prepare a body that is taken for another.
    ///
    /// Reads a long body again where nobody had said that it would be asked for: a pause of the
    /// loop, once for each body that killed.
    var digest: UInt64 {
        var hasher = longHasher ?? Hasher()
        if longHasher == nil { long?.withBytes { hasher.combine(bytes: $0) } }
        bytes?.withUnsafeReadableBytes { hasher.combine(bytes: $0) }
        hasher.combine(count)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension ByteBuffer {
    /// A buffer this many times larger than what it holds is not kept for that.
    private static let wasteFactor = 4

    /// The same bytes, in memory of their own where these lie in much larger memory.
    var withoutWaste: ByteBuffer {
        guard storageCapacity > Self.wasteFactor * readableBytes else { return self }
        var copy = ByteBufferAllocator().buffer(capacity: readableBytes)
        copy.writeImmutableBuffer(self)
        return copy
    }
}
