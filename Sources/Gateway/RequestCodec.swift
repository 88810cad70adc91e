// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CHTTPRead
import NIOCore

/// The one place that knows which HTTP/1.1 parser stands between the socket and a connection.
///
/// It is handed what the socket gives and asked for one part after the other; nothing is copied but
/// what had to wait for its end. It is used for reading only: answers are written as bytes.
struct RequestCodec: ~Copyable {
    private enum State {
        case head
        /// A body of which so many bytes are missing.
        case length(Int)
        case chunks
        /// What came was no request: nothing behind it can be read.
        case broken
    }

    private var state = State.head
    /// What came and is not read yet.
    private var pending: ByteBuffer?
    private var head = http_head()
    private var chunks = http_chunks()

    /// Whether there are bytes that make no part yet, or have not been asked for.
    var isEmpty: Bool { pending == nil }

    /// Takes over what the socket gave.
    mutating func add(_ bytes: ByteBuffer) {
        guard pending != nil else {
            pending = bytes
            return
        }
        pending?.writeImmutableBuffer(bytes)
    }

    /// Copies what waits out of a buffer that it holds on to for little.
    mutating func compact() {
        guard let waiting = pending else { return }
        pending = waiting.withoutWaste
    }

    /// Gives up what came: nobody will ask for it.
    mutating func discard() {
        pending = nil
        state = .broken
    }

    /// The next part; nothing until more bytes were added.
    mutating func next() throws(RequestFault) -> RequestPart? {
        switch state {
        case .broken: return nil
        case .head: return try nextHead()
        case .chunks: return try nextChunk()
        case .length(0):
            state = .head
            return .end
        case .length(let missing):
            guard let piece = take(atMost: missing) else { return nil }
            state = .length(missing - piece.readableBytes)
            return .body(piece)
        }
    }

    private mutating func nextHead() throws(RequestFault) -> RequestPart? {
        guard let pending else { return nil }
        let outcome = pending.withUnsafeReadableBytes { bytes in
            http_head_read(&head, bytes.baseAddress, bytes.count)
        }
        switch outcome {
        case HTTP_WHOLE: break
        case HTTP_MORE: return nil
        default: throw broken(head.fault)
        }
        guard let bytes = take(atMost: Int(head.length)) else { return nil }
        let part = RequestHead(head, bytes)
        head = http_head()
        switch part.framing {
        case .none: state = .length(0)
        case .length(let length): state = .length(length)
        case .chunked:
            state = .chunks
            chunks = http_chunks()
        }
        return .head(part)
    }

    private mutating func nextChunk() throws(RequestFault) -> RequestPart? {
        guard let pending else { return nil }
        var used = 0
        var data = 0
        let outcome = pending.withUnsafeReadableBytes { bytes in
            http_chunks_read(&chunks, bytes.baseAddress, bytes.count, &used, &data)
        }
        switch outcome {
        case HTTP_MORE:
            skip(used)
            return nil
        case HTTP_DATA:
            skip(used - data)
            return take(atMost: data).map { .body($0) }
        case HTTP_WHOLE:
            skip(used)
            state = .head
            return .end
        default: throw broken(chunks.fault)
        }
    }

    private mutating func broken(_ fault: UInt8) -> RequestFault {
        discard()
        let fault = http_fault(rawValue: http_fault.RawValue(fault))
        return RequestFault(
            status: Int(http_fault_status(fault)),
            what: String(cString: http_fault_text(fault))
        )
    }

    /// Takes bytes out of what came, without copying them.
    private mutating func take(atMost count: Int) -> ByteBuffer? {
        guard let waiting = pending else { return nil }
        if waiting.readableBytes <= count {
            pending = nil
            return waiting
        }
        defer { skip(count) }
        return waiting.getSlice(at: waiting.readerIndex, length: count)
    }

    private mutating func skip(_ count: Int) {
        pending?.moveReaderIndex(forwardBy: count)
        if pending?.readableBytes == 0 { pending = nil }
    }
}

/// One step of a request.
enum RequestPart: ~Copyable {
    case head(RequestHead)
    case body(ByteBuffer)
    case end
}
