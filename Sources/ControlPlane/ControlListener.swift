// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Vocabulary

/// One listener of the management API and the routes that stand there.
struct ControlListener: Sendable {
    /// Where it stands.
    enum Place: Sendable {
        /// A unix socket of mode 0600.
        case privateSocket(String)
        /// A port of 127.0.0.1.
        case loopback(UInt16)
    }

    let place: Place
    let router: RouterResponder<BasicRequestContext>

    /// How people call the place.
    var name: String {
        switch place {
        case .privateSocket(let path): "'\(path)'"
        case .loopback(let port): "127.0.0.1:\(port)"
        }
    }

    /// Connections that are taken at once; more wait in the kernel.
    ///
    /// Anybody on the machine can reach the port, and each connection costs the supervisor one of
    /// the descriptors that it starts processes with.
    var mostConnections: Int {
        switch place {
        case .privateSocket: 256
        case .loopback: 16
        }
    }

    /// Which of them make room for others: at the port a crowd waits outside, and whoever reads the
    /// metrics again and again over one connection keeps it.
    private var crowd: ControlConnections? {
        switch place {
        case .privateSocket: ControlConnections(most: mostConnections)
        case .loopback: nil
        }
    }

    /// Serves until the task is cancelled.
    func run(
        on loops: MultiThreadedEventLoopGroup,
        logger: Logger,
        onReady: @escaping @Sendable () async -> Void
    ) async throws {
        switch place {
        case .loopback(let port):
            let address = BindAddress.hostname("127.0.0.1", port: Int(port))
            try await serve(at: address, on: loops, logger: logger) { _ in await onReady() }
        case .privateSocket(let path):
            let socket = try PrivateSocketPath(path)
            defer { socket.remove() }
            let address = BindAddress.unixDomainSocket(path: socket.temporary)
            try await serve(at: address, on: loops, logger: logger) { channel in
                do {
                    try socket.publish()
                    await onReady()
                } catch {
                    channel.close(promise: nil)
                }
            }
            if let problem = socket.failure { throw problem }
        }
    }

    private func serve(
        at address: BindAddress,
        on loops: MultiThreadedEventLoopGroup,
        logger: Logger,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) async throws {
        // Its own lines are about itself, and what went wrong is thrown as a problem too.
        var quiet = logger
        quiet.logLevel = .critical
        let crowd = crowd
        let application = Application(
            responder: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ControlConnectionHandler(crowd)],
                    idleTimeout: .seconds(60)
                )
            ),
            configuration: .init(
                address: address,
                serverName: "scorekeeper",
                backlog: 64,
                availableConnectionsDelegate: .maximum(mostConnections, logger: quiet)
            ),
            onServerRunning: onRunning,
            eventLoopGroupProvider: .shared(loops),
            logger: quiet
        )
        try await application.run()
    }
}
