// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import HTTPTypes
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOHTTPTypes
import Vocabulary

/// Stands between the HTTP parser and the routes of one connection.
///
/// It says what is wrong with what is not HTTP, which the server answers with an empty 400, and
/// tells its listener's connections when this one is idle.
final class ControlConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: ControlConnections?
    /// What the parser says of what came.
    private var fault: String?

    /// Shape: `connections` is nothing where an idle one need not make room.
    init(_ connections: ControlConnections?) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections?.opened(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections?.closed(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            connections?.changed(context.channel, isIdle: false)
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { fault = "\(error)" }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status == .badRequest && fault != nil:
            let body = Self.body(fault ?? "")
            var told = head
            told.headerFields[.contentType] = "application/json"
            told.headerFields[.contentLength] = "\(body.readableBytes)"
            fault = nil
            context.write(wrapOutboundOut(.head(told)), promise: nil)
            context.write(wrapOutboundOut(.body(body)), promise: promise)
        case .end:
            connections?.changed(context.channel, isIdle: true)
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }

    private static func body(_ fault: String) -> ByteBuffer {
        let problem = Problem(
            .invalid,
            code: "notHTTP",
            what: "cannot read the request: it is not HTTP/1.1 (\(fault))",
            remedy: "send it again as HTTP, over a new connection"
        )
        var body = ByteBuffer()
        _ = try? body.writeBytes(ControlCoding.encoder().encode(ProblemBody(problem)))
        body.writeString("\n")
        return body
    }
}
