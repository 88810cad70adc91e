// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Synchronization
import TestSupport
import Vocabulary
import Wire

@testable import Gateway

/// A real gateway on a thread, with the test as its supervisor.
final class GatewayUnderTest: Sendable {
    let folder: String
    let port: UInt16
    let endpoint: EndpointName
    let key: DeploymentKey
    private let link: Mutex<PacketSocket>
    private let reports = Mailbox<GatewayReport>()
    private let ended = Mailbox<Bool>()
    private let hasLeft = Atomic(false)

    /// Starts a gateway with one listener and no endpoint.
    ///
    /// Shape: `room` is how many bytes the kernel takes for a client that does not read; with
    /// `isPatient` no scorer ever counts as hung; `readingGrace` is how long a client may leave a
    /// part unread while others wait.
    init(
        owner: Bool = false,
        orphanGrace: Duration = .seconds(60),
        room: Int32? = nil,
        isPatient: Bool = false,
        readingGrace: Duration = .seconds(10)
    ) throws {
        folder = NSTemporaryDirectory() + "gw-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let path = folder + "/s"
        endpoint = try required(EndpointName("iris"))
        key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        let ended = ended
        let configuration = GatewayConfiguration(
            socketPath: path,
            orphanGrace: orphanGrace,
            leaveGrace: .seconds(5),
            isPatient: isPatient,
            readingGrace: readingGrace
        )
        Thread.detachNewThread {
            do {
                try runGateway(configuration)
                ended.put(true)
            } catch {
                ended.put(false)
            }
        }
        let first = try Self.connect(path)
        link = Mutex(first)
        let (socket, port) = try listenOnLoopback()
        if var room {
            // What is accepted inherits it.
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(socket.number, SOL_SOCKET, SO_SNDBUF, &room, size)
        }
        self.port = port
        Self.read(first, into: reports)
        try send(
            .listen(
                Listener(address: "127.0.0.1:\(port)", endpoint: owner ? endpoint : nil)
            ),
            with: [socket]
        )
    }

    deinit {
        guard !hasLeft.load(ordering: .acquiring) else { return }
        if (try? send(.leave(graceMilliseconds: 0))) == nil {
            try? reconnect()
            try? send(.leave(graceMilliseconds: 0))
        }
        _ = try? ended.take { _ in true }
        try? FileManager.default.removeItem(atPath: folder)
    }

    func send(_ order: GatewayOrder, with descriptors: [Descriptor] = []) throws {
        try link.withLock { try $0.send(order, with: descriptors) }
    }

    /// The first report that fits, waiting for it.
    @discardableResult
    func report<Found>(_ pick: (GatewayReport) -> Found?) throws -> Found {
        try reports.take(pick)
    }

    /// Waits until `runGateway` has returned.
    func waitUntilLeft() throws {
        guard try ended.take({ $0 }) else { throw Stuck(what: "the gateway failed") }
        hasLeft.store(true, ordering: .releasing)
    }

    /// The supervisor dies.
    func orphan() { link.withLock { $0.shutDown() } }

    /// The supervisor dies and comes back.
    func reconnect() throws {
        try link.withLock { link in
            link.shutDown()
            link = try Self.connect(folder + "/s")
            Self.read(link, into: reports)
        }
    }

    func run(_ ordinal: Int, incarnation: Int = 1) -> Run {
        Run(instance: InstanceID(key: key, ordinal: ordinal), incarnation: incarnation)
    }

    /// Gives the gateway a lane of a run; answers the scorer's end.
    func openLane(
        _ run: Run,
        calls: Int = 1,
        ahead: Int = 0,
        aheadOfShared: Int = 0,
        revision: Int = 1
    ) throws -> Int32 {
        var pair: [Int32] = [-1, -1]
        guard linux_packet_pair(&pair, 0) == 0 else { throw SystemError("make a pair") }
        let order = LaneOrder(
            run: run,
            revision: Revision(number: revision),
            calls: calls,
            ahead: ahead,
            aheadOfShared: aheadOfShared
        )
        try send(.lane(order), with: [Descriptor(owning: pair[0])])
        return pair[1]
    }

    /// A scorer whose lane is ready.
    func startScorer(
        _ run: Run,
        calls: Int = 1,
        ahead: Int = 0,
        revision: Int = 1,
        _ work: @escaping @Sendable (ScorerUnderTest.Asked) -> ScorerUnderTest.Answer = {
            .echo($0)
        }
    ) throws -> ScorerUnderTest {
        let number = try openLane(run, calls: calls, ahead: ahead, revision: revision)
        let scorer = ScorerUnderTest(socket: number, threads: calls, work)
        try report { if case .ready(run) = $0 { true } else { nil } }
        return scorer
    }

    /// Publishes the endpoint with these runs.
    func route(_ runs: [Run], _ change: (inout DeploymentRoute) -> Void = { _ in }) throws {
        var route = DeploymentRoute(
            key: key,
            percent: 100,
            contract: .native,
            availability: .open,
            runs: runs,
            deadlineMilliseconds: 60_000,
            retry: .once,
            statuses: .direct
        )
        change(&route)
        try send(.route(EndpointRoute(endpoint: endpoint, deployments: [route])))
        _ = try statistics()
    }

    /// A deployment's counters; also a way to know that earlier orders were obeyed.
    func statistics(of other: DeploymentKey? = nil) throws -> DeploymentStatistics? {
        let key = other ?? key
        try send(.reportStatistics(id: 1))
        var found: DeploymentStatistics?
        try report { report -> Bool? in
            switch report {
            case .statistics(let statistics):
                if statistics.key == key { found = statistics }
                return nil
            case .statisticsEnd: return true
            default: return nil
            }
        }
        return found
    }

    func connect(room: Int32? = nil) throws -> RawClient { try RawClient(port: port, room: room) }

    private static func connect(_ path: String) throws -> PacketSocket {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(20) {
            if let link = try? PacketSocket(connectingTo: path) { return link }
            sched_yield()
        }
        throw Stuck(what: "no gateway listens at \(path)")
    }

    private static func read(_ link: PacketSocket, into reports: Mailbox<GatewayReport>) {
        Thread.detachNewThread {
            while let packet = try? link.receive() {
                if case .some(let report) = try? packet.decode(GatewayReport.self) {
                    reports.put(report, packet.descriptors)
                }
            }
        }
    }
}

/// Nothing came though it had to.
struct Stuck: Error {
    let what: String
}

/// A value that must be there.
func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Stuck(what: "a value is missing") }
    return value
}
