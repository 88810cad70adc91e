// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// The gateway's one loop: connections on one side, lanes on the other, the dispatcher between.
///
/// Work goes in turns of the loop. Whatever wakes the loop calls `beginTurn`; when everything that
/// was ready has been read, `endTurn` posts what came, takes what the lanes have, flushes each
/// connection once, and announces that we sleep. So a burst costs one bell for each lane and one
/// write for each connection, not for each request.
///
/// Confined to the loop.
final class GatewayCore {
    let loop: PollLoop
    var dispatcher: Dispatcher
    var router = Router()
    var identifiers: RequestIdentifiers
    /// The moment of this turn, read once.
    private(set) var now: Moment
    var stations: [LaneStation] = []
    var deployments: [DeploymentKey: Deployment] = [:]
    /// Every deployment, in the order of its place in the dispatcher.
    var deploymentList: [Deployment] = []
    /// The exchange of each live request, by its place in the dispatcher.
    var exchanges: ContiguousArray<Exchange?> = []
    /// The station of each lane, by its place in the dispatcher.
    var stationTable: ContiguousArray<LaneStation?> = []
    /// Whose lane had that place last: a request that its death fails is told of it by name.
    var laneRuns: ContiguousArray<Run> = []
    var listeners: [Acceptor] = []
    var connections: [ObjectIdentifier: Connection] = [:]
    var generation: UInt64
    /// Lanes that ended and of which the supervisor has not said why, oldest first.
    var unexplained: [EndedLane] = []
    var sharedCore = SharedCore()
    var isLeaving = false
    /// Whether no gateway comes after this one.
    var isLast = false
    /// The room for answers that clients have not kept up with, all connections' together.
    let backlog = KeptRequests.Room(bytes: 16 << 20)
    /// How long a client may keep a part of an answer in the way of others.
    let readingGrace: Duration
    /// What to do with a report to the supervisor.
    let report: (GatewayReport) -> Void
    /// What to do when the last connection is gone after `leave`.
    let left: () -> Void

    /// What is bound and not posted yet: posted in one go, so that a sleeping scorer is rung once
    /// for all of it.
    var unposted: [(request: RequestID, lane: LaneID)] = []
    /// How many of those are posted: posting one can lead to posting all.
    var posted = 0
    /// What is bound of copies and not posted yet: it waits until all that is live has been posted
    /// and flushed.
    var unpostedCopies: [(request: RequestID, lane: LaneID)] = []
    /// The room for answers that wait for the ones they are compared with.
    let pairRoom = AnswerPair.Room()
    let desk: ComparisonDesk
    /// The room for recent requests, all deployments' together.
    let keptRoom = KeptRequests.Room()
    /// The room for answers to them that are coming.
    let sampleRoom = KeptRequests.Room(bytes: 8 << 20)
    /// Runs that are asked what was asked before.
    var trials: [Trial] = []
    /// What came out of lanes and is not decided about yet.
    var completions: [DispatchEvent] = []
    /// Where scorers' header lines are copied to before anything looks at them.
    var scratch: ContiguousArray<UInt8> = []
    private var effects: [DispatchEffect] = []
    private var isPerforming = false
    private var unflushed: [Connection] = []
    private var isInTurn = false
    var timer: Timers<() -> Void>.ID?
    var timerDue = Moment.never
    var isLooking = false
    var unread = UnreadAnswers()

    /// Times that the lanes are looked at again within a turn before others get theirs.
    private static let rounds = 16

    init(
        loop: PollLoop,
        limits: DispatchLimits,
        desk: ComparisonDesk,
        readingGrace: Duration,
        report: @escaping (GatewayReport) -> Void,
        left: @escaping () -> Void
    ) {
        self.loop = loop
        self.dispatcher = Dispatcher(limits: limits)
        self.desk = desk
        self.readingGrace = readingGrace
        self.report = report
        self.left = left
        let start = linux_monotonic_nanoseconds()
        self.now = Moment(nanoseconds: start)
        self.generation = start
        self.identifiers = RequestIdentifiers(seed: UInt64.random(in: .min ... .max))
    }

    // MARK: - Turns

    /// Something woke the loop, which calls `endTurn` once all that is ready was read.
    func beginTurn() {
        guard !isInTurn else { return }
        isInTurn = true
        now = Moment(nanoseconds: linux_monotonic_nanoseconds())
        for station in stations where station.isBusy { station.lane.disarm() }
    }

    /// Ends the turn that something has begun; whether another has begun meanwhile.
    func endTurn() -> Bool {
        guard isInTurn else { return false }
        isInTurn = false
        for _ in 0..<Self.rounds {
            postAll()
            drainLanes()
            postAll()
            flush()
            postCopies()
            if armLanes() {
                setTimer()
                return isInTurn
            }
            now = Moment(nanoseconds: linux_monotonic_nanoseconds())
        }
        beginTurn()
        return true
    }

    private func drainLanes() {
        var place = 0
        while place < stations.count {
            let station = stations[place]
            if station.isBusy { drain(station) }
            if place < stations.count, stations[place] === station { place += 1 }
        }
    }

    /// Announces sleep; false when a lane has more.
    private func armLanes() -> Bool {
        var isQuiet = true
        for station in stations
        where (station.isBusy || station.wasRung) && !station.isResting {
            station.wasRung = false
            if !station.lane.arm() { isQuiet = false }
            if let rest = station.lane.rest { leaveAlone(station, for: rest) }
        }
        return isQuiet
    }

    /// Has a connection look, in a turn to come, at what it had read and left.
    func readOn(_ connection: Connection) {
        loop.execute { [self] in
            beginTurn()
            connection.readOn()
        }
    }

    /// Has a connection look, in a turn to come, at what of its requests may be dispatched.
    func goOn(_ connection: Connection) {
        loop.execute { [self] in
            beginTurn()
            connection.dispatch()
        }
    }

    func needsFlush(_ connection: Connection) { unflushed.append(connection) }

    private func flush() {
        // By place: what is written while one is flushed is flushed too.
        var place = 0
        while place < unflushed.count {
            unflushed[place].flush()
            place += 1
        }
        unflushed.removeAll(keepingCapacity: true)
    }

    // MARK: - Decisions

    /// Tells the dispatcher what happened and does what it answers.
    ///
    /// Doing one thing can make another happen: those are decided in their turn, not within.
    func decide(_ event: DispatchEvent) {
        dispatcher.decide(event, at: now, into: &effects)
        guard !isPerforming else { return }
        isPerforming = true
        var place = 0
        while place < effects.count {
            perform(effects[place])
            place += 1
        }
        effects.removeAll(keepingCapacity: true)
        isPerforming = false
    }

    private func perform(_ effect: DispatchEffect) {
        switch effect {
        case .bind(let request, let lane): unposted.append((request, lane))
        case .bindCopy(let request, let lane): unpostedCopies.append((request, lane))
        case .withdraw(let request, let lane): withdraw(request, from: lane)
        case .fail(let request, let failure): fail(request, failure)
        case .convict(let request, let killing): convict(request, for: killing)
        case .forget(let request): exchanges[Int(request.index)] = nil
        case .probe(let lane): probe(lane)
        case .eject(let lane, let reason): eject(lane, reason)
        case .drained(let lane): dismiss(lane)
        }
    }

    // MARK: - Connections

    func opened(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = connection
        // It was accepted just before the listening sockets were let go.
        if isLeaving { connection.leave(atOnce: false) }
        if !isLooking { lookAtConnections() }
    }

    func closed(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        if isLeaving, connections.isEmpty { finish() }
    }
}
