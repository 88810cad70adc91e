// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// The one place that knows which HTTP/1.1 parser stands between the socket and a connection.
///
/// A codec adds its handlers before the connection's and turns what they say into `RequestPart`s.
/// It is used for reading only: answers are written as bytes. Putting another codec here changes
/// no other file.
enum RequestCodec {
    /// What the codec's last handler hands on.
    typealias Part = HTTPServerRequestPart

    /// Adds the codec, then the connection, to a new channel.
    static func install(
        on pipeline: ChannelPipeline.SynchronousOperations,
        before connection: Connection
    ) throws {
        try pipeline.addHandler(ByteToMessageHandler(LineCountingDecoder(for: connection)))
        try pipeline.addHandler(connection)
    }

    /// What a part says.
    static func read(_ part: Part) throws(RequestFault) -> RequestPart<ByteBuffer> {
        switch part {
        case .body(let bytes): return .body(bytes)
        case .end(let trailers):
            if let trailers, !trailers.isEmpty {
                for (name, _) in trailers where Self.isForbiddenTrailer(name) {
                    throw .malformed("a trailer field stands for one of the head")
                }
            }
            return .end
        case .head(let raw):
            var reader = HeadReader(
                method: raw.method.rawValue,
                target: raw.uri,
                isVersion10: raw.version == .http1_0
            )
            for (name, value) in raw.headers { reader.add(name: name, value: value) }
            return .head(try reader.finish())
        }
    }

    /// What an error of the codec's handlers says about the request; nothing for a broken socket.
    static func fault(for error: any Error) -> RequestFault? {
        if let fault = error as? RequestFault { return fault }
        guard let error = error as? HTTPParserError else { return nil }
        switch error {
        case .headerOverflow: return .fieldsTooLarge
        case .invalidVersion: return RequestFault(status: 505, what: "not HTTP/1.0 or HTTP/1.1")
        case .invalidEOFState: return nil
        default: return .malformed("the request is not HTTP/1.1")
        }
    }

    private static func isForbiddenTrailer(_ name: String) -> Bool {
        name.isSame(as: "content-length") || name.isSame(as: "transfer-encoding")
            || name.isSame(as: "host") || name.isSame(as: "content-type")
            || name.isSame(as: "authorization") || name.isSame(as: "trailer")
            || name.isSame(as: "content-encoding")
    }
}

/// NIO's decoder, told apart where it does not tell: which part of the head was too long.
private final class LineCountingDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private let inner: HTTPRequestDecoder
    private unowned let connection: Connection

    init(for connection: Connection) {
        self.connection = connection
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = HeadReader.lineLimit
        limits.maxHeaderListSize = 8 * HeadReader.lineLimit
        limits.maxHeaderFieldCount = HeadReader.fieldLimit + 1
        inner = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
    }

    func decoderAdded(context: ChannelHandlerContext) { inner.decoderAdded(context: context) }
    func decoderRemoved(context: ChannelHandlerContext) { inner.decoderRemoved(context: context) }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        connection.noteBytes()
        do {
            return try inner.decode(context: context, buffer: &buffer)
        } catch HTTPParserError.headerOverflow {
            // The undecoded bytes still begin with the field that overflowed. A target is followed
            // by no line end within the limit; a header field was preceded by one, and its name
            // has a colon.
            let start = buffer.readableBytesView.prefix(HeadReader.lineLimit)
            throw start.first == UInt8(ascii: "/")
                ? RequestFault.lineTooLong : RequestFault.fieldsTooLarge
        }
    }

    func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        try inner.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }
}
