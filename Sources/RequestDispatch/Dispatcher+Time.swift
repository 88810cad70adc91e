// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Deadlines, hung lanes, probes.
extension Dispatcher {
    /// When `tick` is wanted next, whatever else happens.
    public var nextTick: Moment {
        var soonest = lanes.count > freeLanes.count ? nextLook : Moment.never
        for queue in deployments where !queue.deadlines.isEmpty {
            soonest = min(soonest, requests[queue.deadlines.first].deadline)
        }
        for queue in deployments where !queue.streams.isEmpty {
            soonest = min(soonest, requests[queue.streams.first].deadline)
        }
        for queue in deployments where !queue.copyDeadlines.isEmpty {
            soonest = min(soonest, requests[queue.copyDeadlines.first].deadline)
        }
        return soonest
    }

    mutating func tick(_ now: Moment, _ effects: inout [DispatchEffect]) {
        for place in deployments.indices {
            expire(place, now, &effects)
            expireStreams(place, now, &effects)
            expireCopies(place, now, &effects)
        }
        guard now >= nextLook else { return }
        let lag = now - nextLook
        nextLook = now + (laneSlotsUsed > 0 ? limits.lookInterval : limits.probeInterval)
        for index in lanes.indices where lanes[index].isOpen {
            look(Int32(index), lag: lag, now, &effects)
        }
    }

    private mutating func expire(
        _ place: Int,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        while !deployments[place].deadlines.isEmpty {
            let index = deployments[place].deadlines.first
            guard requests[index].deadline <= now else { return }
            if requests[index].state == .bound {
                effects.append(.fail(requests.id(of: index), .deadline))
                letGo(index, &effects)
            } else {
                dequeue(index)
                failLate(index, &effects)
            }
        }
    }

    /// Ends answers whose next part does not come.
    ///
    /// One whose client has not taken over what came is not its scorer's to hasten: it gets its time
    /// again. How long a client may take is the connection's business.
    private mutating func expireStreams(
        _ place: Int,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        while !deployments[place].streams.isEmpty {
            let index = deployments[place].streams.first
            guard requests[index].deadline <= now else { return }
            if requests[index].unreadParts > 0 {
                awaitPart(of: index, now)
            } else {
                effects.append(.fail(requests.id(of: index), .deadline))
                letGo(index, &effects)
            }
        }
    }

    /// Gives an answer that has begun its time for the next part, from now on.
    mutating func awaitPart(of index: Int32, _ now: Moment) {
        let place = Int(requests[index].deployment)
        stopClock(of: index)
        requests[index].hasPartLeft = true
        requests[index].deadline = now + limits.partGrace
        requests.appendTurn(index, to: &deployments[place].streams)
    }

    /// Takes a request out of whichever list its deadline stands in.
    mutating func stopClock(of index: Int32) {
        let place = Int(requests[index].deployment)
        if requests[index].isCopy {
            requests.removeTurn(index, from: &deployments[place].copyDeadlines)
        } else if requests[index].hasPartLeft {
            requests.removeTurn(index, from: &deployments[place].streams)
        } else {
            requests.removeTurn(index, from: &deployments[place].deadlines)
        }
    }

    /// Looks whether a lane hangs.
    ///
    /// Our own lag excuses its scorer: while this process did not run,
    /// it could not see what the scorer did.
    private mutating func look(
        _ index: Int32,
        lag: Duration,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        let place = Int(index)
        guard lanes[place].isReady, !lanes[place].isEjecting else { return }
        if lanes[place].used == 0 {
            if now - lanes[place].heard >= limits.probeInterval, !lanes[place].isDraining {
                lanes[place].ghostSince = now
                useSlot(of: index, now)
                effects.append(.probe(laneID(index)))
            } else {
                stealFor(index, now, &effects)
            }
            return
        }
        if let reason = hangReason(index, lag: lag, now) {
            lanes[place].isEjecting = true
            releaseReservation(unlessServing: index)
            effects.append(.eject(laneID(index), reason))
        }
    }

    /// Posts a probe in a lane that has room for one.
    mutating func ask(_ lane: LaneID, _ now: Moment, _ effects: inout [DispatchEffect]) {
        guard let index = find(lane), lanes[Int(index)].isReady, !lanes[Int(index)].isEjecting,
            lanes[Int(index)].used < lanes[Int(index)].slots
        else { return }
        if lanes[Int(index)].ghosts == 0 { lanes[Int(index)].ghostSince = now }
        useSlot(of: index, now)
        effects.append(.probe(lane))
    }

    private mutating func hangReason(
        _ index: Int32,
        lag: Duration,
        _ now: Moment
    ) -> EjectReason? {
        let lane = lanes[Int(index)]
        var taken = 0
        var oldestUntaken = lane.ghosts > 0 ? lane.ghostSince : Moment.never
        var request = lane.bound.first
        while request >= 0 {
            let record = requests[request]
            if record.isTaken {
                taken += 1
                if isOverdue(request, lag: lag, now) { return .overdue }
            } else {
                oldestUntaken = min(oldestUntaken, record.boundAt)
            }
            request = record.place.next
        }
        guard oldestUntaken != .never, taken < lane.calls else { return nil }
        let excused = min(now, max(lane.heard, oldestUntaken) + lag)
        lanes[Int(index)].heard = excused
        return now - excused >= limits.takingGrace ? .notTaking : nil
    }

    /// Whether a begun request is too long past its deadline.
    ///
    /// The deadline of one that is late has been told to its client and serves nothing else any
    /// more: it moves by our lag, which so stays excused at every later look.
    private mutating func isOverdue(_ request: Int32, lag: Duration, _ now: Moment) -> Bool {
        guard requests[request].deadline < now else { return false }
        let excused = min(now, requests[request].deadline + lag)
        requests[request].deadline = excused
        return now - excused >= limits.overdueGrace
    }

    /// Counts one more slot of a lane as used; the first anywhere brings the next look nearer.
    mutating func useSlot(of lane: Int32, _ now: Moment) {
        lanes[Int(lane)].used += 1
        if laneSlotsUsed == 0 { nextLook = min(nextLook, now + limits.lookInterval) }
        laneSlotsUsed += 1
    }
}
