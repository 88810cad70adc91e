// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import Vocabulary

/// One HTTP request and its answer, on a connection of its own.
///
/// Enough for a command line, which asks and leaves: no pool, no redirects, no TLS.
public struct HTTPExchange: Sendable {
    /// Whom to ask.
    public enum Peer: Sendable, Hashable {
        /// A server's unix socket.
        case unixSocket(String)
        /// A TCP listener.
        case tcp(host: String, port: Int)
    }

    /// What came back.
    public struct Answer: Sendable {
        /// The HTTP status.
        public var status: Int
        /// The header's fields, in order.
        public var headers: [(name: String, value: String)]
        /// The whole body.
        public var body: Data

        /// The first field of this name, in any case.
        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// The longest answer that is taken in: a command line prints it, a person reads it.
    private static let answerLimit = 256 << 20

    private let method: HTTPMethod
    private let path: String
    private let headers: HTTPHeaders
    private let body: Data

    /// Makes a request; `content-length` and `connection` are added to `headers`.
    public init(
        _ method: String,
        _ path: String,
        headers: [(name: String, value: String)] = [],
        body: Data = Data()
    ) {
        self.method = HTTPMethod(rawValue: method)
        self.path = path
        var all = HTTPHeaders(headers.map { ($0.name, $0.value) })
        all.replaceOrAdd(name: "connection", value: "close")
        all.replaceOrAdd(name: "content-length", value: "\(body.count)")
        self.headers = all
        self.body = body
    }

    /// Asks `peer` and waits for the whole answer.
    ///
    /// Errors: `noServer` when nothing listens there; `connectionLost` when it went away before the
    /// answer was whole; `answerTooLong`.
    public func ask(_ peer: Peer) async throws(Problem) -> Answer {
        let connection: Connection
        do {
            connection = try await Self.connect(to: peer)
        } catch {
            throw Self.unreachable(peer, error)
        }
        do {
            return try await connection.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Written beside the reading: a server may refuse a body before it has it all.
                    group.addTask { await write(to: outbound) }
                    defer { group.cancelAll() }
                    return try await Self.read(inbound)
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Self.lost(peer, "\(error)")
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private static func connect(to peer: Peer) async throws -> Connection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let open: @Sendable (any Channel) -> EventLoopFuture<Connection> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                return try Connection(wrappingChannelSynchronously: channel)
            }
        }
        switch peer {
        case .unixSocket(let path):
            return try await bootstrap.connect(
                unixDomainSocketPath: path,
                channelInitializer: open
            )
        case .tcp(let host, let port):
            return try await bootstrap.connect(host: host, port: port, channelInitializer: open)
        }
    }

    private func write(to outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>) async {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        do {
            try await outbound.write(.head(head))
            if !body.isEmpty {
                try await outbound.write(.body(.byteBuffer(ByteBuffer(data: body))))
            }
            try await outbound.write(.end(nil))
        } catch {
            // What the server made of a request it did not take shows in what it answers.
        }
    }

    private static func read(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    ) async throws -> Answer {
        var answer = Answer(status: 0, headers: [], body: Data())
        for try await part in inbound {
            switch part {
            case .head(let head):
                answer.status = Int(head.status.code)
                answer.headers = head.headers.map { ($0.name, $0.value) }
            case .body(let bytes):
                guard answer.body.count + bytes.readableBytes <= answerLimit else {
                    throw Problem(
                        .failed,
                        code: "answerTooLong",
                        what: "cannot take an answer longer than \(answerLimit >> 20) MiB"
                    )
                }
                answer.body.append(contentsOf: bytes.readableBytesView)
            case .end:
                return answer
            }
        }
        throw Problem(
            .failed,
            code: "connectionLost",
            what: "cannot read the answer: the connection was closed before it was whole",
            remedy: "'scorekeeper status' tells whether the server still runs"
        )
    }

    private static func unreachable(_ peer: Peer, _ error: any Error) -> Problem {
        let reason = (error as? IOError)?.errnoCode
        if case .unixSocket(let path) = peer, reason == ENOENT || reason == ECONNREFUSED {
            return Problem(
                .failed,
                code: "noServer",
                what: "cannot find a server: nothing answers at '\(path)'",
                remedy: "start one with 'scorekeeper serve', or name its folder with --state"
            )
        }
        if reason == EACCES {
            return Problem(
                .failed,
                code: "notAllowed",
                what: "cannot connect to \(peer): it belongs to another user",
                remedy: "ask as the user that the server runs as"
            )
        }
        let isNobody = reason == ECONNREFUSED || reason == ENOENT
        let why = isNobody ? "nothing answers there" : "\(error)".printable
        return Problem(
            .failed,
            code: "noServer",
            what: "cannot connect to \(peer): \(why)",
            remedy: "'scorekeeper status' shows where the server listens"
        )
    }

    private static func lost(_ peer: Peer, _ reason: String) -> Problem {
        Problem(
            .failed,
            code: "connectionLost",
            what: "cannot read the answer of \(peer): \(reason)",
            remedy: "'scorekeeper status' tells whether the server still runs"
        )
    }
}

extension HTTPExchange.Peer: CustomStringConvertible {
    /// The path in quotes, or host and port.
    public var description: String {
        switch self {
        case .unixSocket(let path): "'\(path)'"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
