// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Vocabulary

/// The management API: HTTP on a unix socket that only its owner may open, and `/metrics` on a
/// loopback port too where one is asked for.
///
/// It translates and decides nothing: each route is one call of `ServerControl`.
public struct ControlServer: Sendable {
    private let control: any ServerControl
    private let socket: String
    private let metricsPort: UInt16?
    private let logger: Logger

    /// Makes a server that will stand at `socket`.
    public init(
        control: any ServerControl,
        socket: String,
        metricsPort: UInt16? = nil,
        logger: Logger
    ) {
        self.control = control
        self.socket = socket
        self.metricsPort = metricsPort
        self.logger = logger
    }

    /// Serves until the task is cancelled; `onReady` is called once every listener stands.
    ///
    /// Errors: `cannotListen` when the socket or the port cannot be had.
    public func run(onReady: @escaping @Sendable () async -> Void = {}) async throws(Problem) {
        try await serve(onReady: onReady).get()
    }

    // One loop: management is rare, and an idle server must stay small. It stays with the process:
    // connections may end after their server.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Returns once everything that was written before is with the kernel: the one loop has turned.
    static func flush() async {
        for _ in 0..<2 { try? await loops.next().submit {}.get() }
    }

    private func serve(
        onReady: @escaping @Sendable () async -> Void
    ) async -> Result<Void, Problem> {
        let listeners = [controlListener, metricsPort.map(metricsListener)].compactMap { $0 }
        let ready = Countdown(from: listeners.count, then: onReady)
        return await withTaskGroup(of: Result<Void, Problem>.self) { group in
            for listener in listeners {
                group.addTask { await run(listener, ready: ready) }
            }
            let first = await group.next() ?? .success(())
            group.cancelAll()
            return first
        }
    }

    private func run(
        _ listener: ControlListener,
        ready: Countdown
    ) async -> Result<Void, Problem> {
        do {
            try await listener.run(on: Self.loops, logger: logger) { await ready.count() }
            return .success(())
        } catch is CancellationError {
            return .success(())
        } catch let problem as Problem {
            return .failure(problem)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            let problem = Problem(
                .conflict,
                code: "portInUse",
                what: "cannot listen on \(listener.name): another program has the port",
                remedy: "name a free one with --metrics-port"
            )
            return .failure(problem)
        } catch {
            let problem = Problem(
                .failed,
                code: "cannotListen",
                what: "cannot listen on \(listener.name): \(error)",
                remedy: "see that nothing else listens there and that its folder may be written"
            )
            return .failure(problem)
        }
    }

    private var controlListener: ControlListener {
        let routes = ControlRoutes(control: control)
        return ControlListener(place: .privateSocket(socket), router: routes.all)
    }

    private func metricsListener(_ port: UInt16) -> ControlListener {
        let routes = ControlRoutes(control: control)
        return ControlListener(place: .loopback(port), router: routes.metricsAlone)
    }
}

/// Calls its closure when it has been counted down to nothing.
private actor Countdown {
    private var left: Int
    private let then: @Sendable () async -> Void

    init(from count: Int, then: @escaping @Sendable () async -> Void) {
        self.left = count
        self.then = then
    }

    func count() async {
        left -= 1
        if left == 0 { await then() }
    }
}
