// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Glibc
import Supervisor
import Vocabulary
import Wire

/// The real gateway on a thread of this process, with one endpoint at the root of one port.
///
/// It never loses patience with a scorer, and fails a request whose scorer died at once: whoever
/// debugs wants to see that.
final class DebugGateway {
    /// Where it listens.
    let address: SocketAddress
    private let link: PacketSocket
    private let folder: String
    private let endpoint: EndpointName
    private let key: DeploymentKey
    private var incarnation = 0

    /// Starts it.
    ///
    /// Errors: `portInUse` and `cannotListen`; `gatewaySocket` where it does not come up.
    init(port: UInt16) throws(Problem) {
        guard let endpoint = EndpointName("debug") else {
            preconditionFailure("'debug' is an endpoint's name")
        }
        self.endpoint = endpoint
        key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        let (socket, address) = try ListeningSocket.bind(
            SocketAddress(host: "127.0.0.1", port: port)
        )
        self.address = address
        var template = Array("\(NSTemporaryDirectory())/scorekeeper-debug-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw Problem(.failed, code: "noFolder", what: "\(SystemError("make a folder"))")
        }
        folder = String(cString: made)
        let path = folder + "/gateway.sock"
        let configuration = GatewayConfiguration(
            socketPath: path,
            leaveGrace: .seconds(2),
            isPatient: true
        )
        Thread.detachNewThread {
            do {
                try runGateway(configuration)
            } catch {
                Output.tell("scorekeeper: \(error)")
            }
        }
        link = try Self.connect(path)
        let listener = Listener(address: "\(address)", endpoint: endpoint)
        try send(.listen(listener), [socket])
        // Nobody comes after it: when it leaves, it tells the scorer to.
        try send(.last)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func connect(_ path: String) throws(Problem) -> PacketSocket {
        let limit = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < limit {
            if let link = try? PacketSocket(connectingTo: path) { return link }
            usleep(1_000)
        }
        throw Problem(.failed, code: "gatewaySocket", what: "cannot reach the gateway at '\(path)'")
    }

    /// Readable when it has something to tell.
    var bell: Int32 { link.descriptor.number }

    /// Whether it leaves within a time.
    func leaves(within time: Duration) -> Bool {
        var end = pollfd(fd: bell, events: 0, revents: 0)
        return poll(&end, 1, Int32(time.wholeMilliseconds)) > 0
    }

    /// What it tells; nothing once it has left.
    func report() -> GatewayReport? {
        guard let packet = try? link.receive() else { return nil }
        return (try? packet.decode(GatewayReport.self)) ?? .helloEnd
    }

    /// Makes a lane over a socket and routes every request to it.
    func open(_ socket: Descriptor, calls: Int) throws(Problem) -> Run {
        incarnation += 1
        let run = Run(instance: InstanceID(key: key, ordinal: 1), incarnation: incarnation)
        let order = LaneOrder(
            run: run,
            revision: Revision(number: 1),
            calls: calls,
            ahead: 15,
            aheadOfShared: 15
        )
        try send(.lane(order), [socket])
        try route(to: [run])
        return run
    }

    /// Ends a run's lane: what it held is answered with an error, what waits goes on waiting.
    func end(_ run: Run) throws(Problem) {
        try send(.end(run))
        try route(to: [])
    }

    private func route(to runs: [Run]) throws(Problem) {
        let aYear = 365 * 24 * 3_600 * 1_000
        let route = DeploymentRoute(
            key: key,
            percent: 100,
            contract: .native,
            availability: .open,
            runs: runs,
            deadlineMilliseconds: aYear,
            retry: .never,
            statuses: .direct
        )
        try send(.route(EndpointRoute(endpoint: endpoint, deployments: [route])))
    }

    private func send(
        _ order: GatewayOrder,
        _ descriptors: [Descriptor] = []
    ) throws(Problem) {
        do {
            try link.send(order, with: descriptors)
        } catch {
            throw Problem(.failed, code: "gatewayGone", what: "the gateway has left: \(error)")
        }
    }
}
