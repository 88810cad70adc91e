// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// Requests into lanes, answers out of them, and the lives of lanes.
extension GatewayCore {
    private func station(of lane: LaneID) -> LaneStation? {
        guard lane.index >= 0, Int(lane.index) < stationTable.count,
            let station = stationTable[Int(lane.index)], station.id == lane
        else { return nil }
        return station
    }

    // MARK: - Requests in

    /// Posts everything that was bound since the last time, and rings each scorer that sleeps once.
    ///
    /// A scorer that is rung for the first of several may have answered it and sleep again before the
    /// second is there: it would be rung for each.
    func postAll() {
        guard !unposted.isEmpty else { return }
        while posted < unposted.count {
            let (request, lane) = unposted[posted]
            posted += 1
            post(request, to: lane)
        }
        unposted.removeAll(keepingCapacity: true)
        posted = 0
        for station in stations { station.lane.ring() }
    }

    /// Posts the copies that were bound since the last time.
    func postCopies() {
        guard !unpostedCopies.isEmpty else { return }
        unposted.append(contentsOf: unpostedCopies)
        unpostedCopies.removeAll(keepingCapacity: true)
        postAll()
    }

    private func post(_ request: RequestID, to lane: LaneID) {
        guard let station = station(of: lane), let exchange = exchanges[Int(request.index)]
        else { return }
        do throws(LaneError) {
            exchange.sample?.postedAt = now
            let ticket = try Self.post(exchange, to: station)
            station.hold(request, under: ticket)
            exchange.revision = station.order.revision
            exchange.heldAt = now
        } catch .ended {
            // It stands in the lane as one that nobody has begun: with the lane's end it moves on. Not
            // now: it may be this lane that is being worked on.
            loop.execute { [self] in
                beginTurn()
                lost(station, LaneEnd.scorerWent)
            }
        } catch {
            exchange.unsent = error
            decide(.unsendable(request))
        }
    }

    private static let nothing = ByteBuffer()

    private static func post(
        _ exchange: Exchange,
        to station: LaneStation
    ) throws(LaneError) -> Ticket {
        let lane = station.lane
        let shares = station.sharesCalls
        let deadline = exchange.deadline
        let result = exchange.scorerHead.withUnsafeBytes { head -> Result<Ticket, LaneError> in
            if let long = exchange.body.long {
                return Result { () throws(LaneError) in
                    try lane.post(
                        head: head,
                        body: long,
                        deadline: deadline,
                        sharesCalls: shares,
                        isGathered: true
                    )
                }
            }
            return (exchange.body.bytes ?? nothing).withUnsafeReadableBytes { body in
                Result { () throws(LaneError) in
                    try lane.post(
                        head: head,
                        body: body,
                        deadline: deadline,
                        sharesCalls: shares,
                        isGathered: true
                    )
                }
            }
        }
        return try result.get()
    }

    func withdraw(_ request: RequestID, from lane: LaneID) {
        postAll()
        postCopies()
        guard let station = station(of: lane), let ticket = station.ticket(of: request) else {
            return
        }
        switch station.lane.cancel(ticket) {
        case .withdrawn:
            station.slots[ticket.slot] = .none
            decide(.withdrawn(request))
        case .begun: decide(.begun(request))
        }
    }

    func probe(_ lane: LaneID) {
        guard let station = station(of: lane) else { return }
        do throws(LaneError) {
            let ticket = try station.lane.ping(deadline: now + .seconds(60))
            station.tickets[ticket.slot] = ticket
        } catch {
            decide(.slotReturned(lane))
        }
    }

    // MARK: - Answers out

    /// Takes everything that a lane has.
    func drain(_ station: LaneStation) {
        guard !station.isEnded else { return }
        do throws(ProtocolViolation) {
            try station.lane.drain { completion in take(completion, from: station) }
        } catch {
            let why = error.description
            settleCompletions()
            lost(station, why)
            return
        }
        settleCompletions()
    }

    private func take(_ completion: borrowing Completion, from station: LaneStation) {
        station.heardAt = now
        let ticket = completion.ticket
        let request = station.slots[ticket.slot]
        let exchange = request == .none ? nil : exchanges[Int(request.index)]
        let outcome = completion.outcome
        if [.answer, .last, .part].contains(outcome) { noteProgress(station, isAnswer: true) }
        if outcome != .part {
            station.slots[ticket.slot] = .none
            station.tickets[ticket.slot] = nil
        }
        guard request != .none else {
            completions.append(.slotReturned(station.id))
            return
        }
        switch outcome {
        case .answer, .last:
            if let exchange, exchange.isCopy {
                drop(completion, of: exchange, from: station, isLast: true)
            } else if let exchange, exchange.progress == .streaming, completion.status >= 500 {
                // It is not all. Nothing else tells a client that; what came before is its own.
                exchange.connection?.flush()
                fail(request, .brokenOff(station.id))
            } else if let exchange {
                keepLive(completion, of: exchange, from: station)
                keepSample(completion, of: exchange, from: station)
                deliver(completion, to: exchange, isLast: true)
            }
            completions.append(.answered(request))
        case .part:
            // At once, because the client may have taken it over before the others are settled.
            decide(.part(request))
            guard let exchange, let connection = exchange.connection else {
                if let exchange, exchange.isCopy {
                    drop(completion, of: exchange, from: station, isLast: false)
                }
                station.acknowledge(ticket)
                return
            }
            guard exchange.progress != .complete else { return }
            exchange.sample?.take(completion, isLast: false)
            exchange.unacknowledged.append((station, ticket))
            deliver(completion, to: exchange, isLast: false)
            if exchange.progress == .complete {
                // Its client has all that it will be shown: the scorer need not go on.
                exchange.unacknowledged = []
                completions.append(.clientGone(request))
            } else {
                connection.acknowledge(exchange)
            }
        case .declined: completions.append(.declined(request))
        case .pong: completions.append(.slotReturned(station.id))
        }
    }

    /// Decides about completions once their slots are free again.
    private func settleCompletions() {
        var place = 0
        while place < completions.count {
            let event = completions[place]
            place += 1
            decide(event)
            if case .answered(let request) = event { exchanges[Int(request.index)] = nil }
        }
        completions.removeAll(keepingCapacity: true)
    }

    // MARK: - Lives

    /// Makes a lane over a run's socket.
    func openLane(_ order: LaneOrder, _ socket: Descriptor) {
        if let old = stations.first(where: { $0.run == order.run }) { end(old) }
        let deployment = self.deployment(order.run.instance.key)
        do {
            generation += 1
            let most = max(order.ahead, order.aheadOfShared)
            let shape = LaneShape(calls: order.calls, ahead: most)
            let lane = try Lane(socket: socket, shape: shape, generation: generation)
            let id = dispatcher.addLane(
                to: deployment.id,
                revision: order.revision,
                calls: shape.calls,
                slots: order.calls + order.ahead,
                at: now
            )
            let station = LaneStation(
                order: order,
                lane: lane,
                id: id,
                deployment: deployment
            )
            while stationTable.count <= Int(id.index) {
                stationTable.append(nil)
                laneRuns.append(order.run)
            }
            stationTable[Int(id.index)] = station
            laneRuns[Int(id.index)] = order.run
            stations.append(station)
            deployment.stations.append(station)
            if order.isOnGatewayCore == true { sharedCore.enter() }
            decide(.laneRouted(id, deployment.runs.contains(order.run)))
            watch(station)
        } catch LaneError.system(let error) where [EPIPE, ECONNRESET].contains(error.number) {
            report(.ejected(order.run, LaneEnd.scorerWent))
        } catch {
            report(.ejected(order.run, "cannot make its lane: \(error)"))
        }
    }

    private func watch(_ station: LaneStation) {
        do throws(SystemError) {
            station.watch = try LaneWatcher(station, for: self)
        } catch {
            lost(station, "its socket cannot be watched: \(error)")
        }
    }

    func becameReady(_ station: LaneStation) {
        guard !station.isEnded, !station.isReady else { return }
        station.isReady = true
        report(.ready(station.run))
        decide(.laneReady(station.id))
    }

    /// A lane ended by itself: takes what it had answered, settles the rest, tells the supervisor.
    func lost(_ station: LaneStation, _ why: String) {
        guard !station.isEnded else { return }
        end(station)
        if !station.isDismissed { report(.ejected(station.run, why)) }
    }

    /// Ends a lane: what was answered is delivered, what was begun and what was not is settled.
    func end(_ station: LaneStation) {
        guard !station.isEnded else { return }
        postAll()
        postCopies()
        station.isEnded = true
        try? station.lane.drain { completion in take(completion, from: station) }
        settleCompletions()
        for slot in station.slots.indices where station.slots[slot] != .none {
            if let ticket = station.tickets[slot], station.lane.wasTaken(ticket) {
                decide(.taken(station.slots[slot]))
            }
        }
        decide(.laneEnded(station.id))
        stationTable[Int(station.id.index)] = nil
        stations.removeAll { $0 === station }
        station.deployment.stations.removeAll { $0 === station }
        station.watch?.close()
        station.watch = nil
        if station.order.isOnGatewayCore == true { sharedCore.leave() }
        note(EndedLane(run: station.run, id: station.id, deployment: station.deployment.id))
    }

    func eject(_ lane: LaneID, _ reason: EjectReason) {
        guard let station = station(of: lane) else { return }
        let why =
            switch reason {
            case .overdue: "it did not answer within a second of a request's deadline"
            case .notTaking: "it took no request for three seconds"
            }
        lost(station, why)
    }

    /// A draining lane is empty: its scorer may leave.
    func dismiss(_ lane: LaneID) {
        guard let station = station(of: lane) else { return }
        do throws(LaneError) {
            try station.lane.tellToDrain()
            station.isDismissed = true
            report(.drained(station.run))
        } catch .socketFull {
            loop.schedule(in: .milliseconds(20)) { [self] in dismiss(lane) }
        } catch {
            station.isDismissed = true
            report(.drained(station.run))
        }
    }

    /// Looks which requests scorers have begun since the last look.
    func noteTaken() {
        for station in stations where station.isBusy {
            for slot in station.slots.indices where station.slots[slot] != .none {
                if let ticket = station.tickets[slot], station.lane.wasTaken(ticket) {
                    if station.begunAt[slot] == nil {
                        station.begunAt[slot] = now
                        noteProgress(station, isAnswer: false)
                    }
                    decide(.taken(station.slots[slot]))
                }
            }
        }
    }

    /// Stops listening to a socket that rings for nothing; the lane is looked at by timer.
    func leaveAlone(_ station: LaneStation, for rest: Duration) {
        station.isResting = true
        station.watch?.isListening = false
        loop.schedule(in: rest) { [self] in
            station.isResting = false
            station.watch?.isListening = true
            beginTurn()
        }
    }
}
