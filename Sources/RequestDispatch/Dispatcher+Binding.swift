// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How waiting requests find lanes.
extension Dispatcher {
    func find(_ lane: LaneID) -> Int32? {
        guard lane.index >= 0, Int(lane.index) < lanes.count else { return nil }
        let seat = lanes[Int(lane.index)]
        return seat.isOpen && seat.generation == lane.generation ? lane.index : nil
    }

    func laneID(_ index: Int32) -> LaneID {
        LaneID(index: index, generation: lanes[Int(index)].generation)
    }

    /// Binds whatever can be bound now.
    mutating func bindWaiting(
        _ deployment: Int32,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        let place = Int(deployment)
        if !deployments[place].suspects.isEmpty { bindSuspect(place, now, &effects) }
        while !deployments[place].waiting.isEmpty {
            let index = deployments[place].waiting.first
            if requests[index].deadline <= now {
                dequeue(index)
                failLate(index, &effects)
                continue
            }
            if isRefusedByAll(index) {
                dequeue(index)
                fail(index, .convicted, &effects)
                continue
            }
            guard let lane = chooseLane(place, for: index) else { return }
            requests.remove(index, from: &deployments[place].waiting)
            bind(index, to: lane, now, &effects)
        }
        if !deployments[place].copies.isEmpty { bindCopies(place, now, &effects) }
    }

    /// The lane with credit that holds least and does not refuse the request; among equals each in
    /// its turn.
    ///
    /// For a copy, only one whose scorer could begin it at once.
    mutating func chooseLane(_ place: Int, for request: Int32) -> Int32? {
        let forCopy = requests[request].isCopy
        let count = deployments[place].lanes.count
        guard count > 0 else { return nil }
        var best: Int32 = -1
        var bestUsed = Int.max
        var bestPosition = 0
        var position = deployments[place].cursor
        for _ in 0..<count {
            if position >= count { position = 0 }
            let index = deployments[place].lanes[position]
            let used = lanes[Int(index)].used
            let most = lanes[Int(index)].credit(forCopy: forCopy)
            if used < bestUsed, used < most, lanes[Int(index)].mayServe,
                index != deployments[place].reserved, !isRefused(request, by: index)
            {
                best = index
                bestUsed = used
                bestPosition = position
            }
            position += 1
        }
        guard best >= 0 else { return nil }
        deployments[place].cursor = bestPosition + 1
        return best
    }

    /// Scores the first suspect alone in a lane: one suspect of a deployment at a time.
    ///
    /// Where no lane is empty, the one that holds least gets nothing more until it is.
    private mutating func bindSuspect(
        _ place: Int,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        while !deployments[place].suspects.isEmpty,
            requests[deployments[place].suspects.first].deadline <= now
        {
            let index = deployments[place].suspects.first
            dequeue(index)
            failLate(index, &effects)
        }
        if deployments[place].suspects.isEmpty {
            let reserved = deployments[place].reserved
            if reserved >= 0, lanes[Int(reserved)].suspect < 0 { deployments[place].reserved = -1 }
            return
        }
        if deployments[place].reserved < 0 {
            guard let lane = chooseEmptiest(place) else { return }
            deployments[place].reserved = lane
        }
        let lane = deployments[place].reserved
        guard lanes[Int(lane)].used == 0, lanes[Int(lane)].mayServe else { return }
        let index = deployments[place].suspects.first
        requests.remove(index, from: &deployments[place].suspects)
        lanes[Int(lane)].suspect = index
        deployments[place].redispatched += 1
        bind(index, to: lane, now, &effects)
    }

    private func chooseEmptiest(_ place: Int) -> Int32? {
        var best: Int32?
        for index in deployments[place].lanes where lanes[Int(index)].mayServe {
            if let current = best, lanes[Int(current)].used <= lanes[Int(index)].used { continue }
            best = index
        }
        return best
    }

    mutating func bind(
        _ index: Int32,
        to lane: Int32,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        put(index, into: lane, now)
        let id = requests.id(of: index)
        effects.append(
            requests[index].isCopy ? .bindCopy(id, laneID(lane)) : .bind(id, laneID(lane))
        )
    }

    /// Lets a request stand in a lane.
    mutating func put(_ index: Int32, into lane: Int32, _ now: Moment) {
        requests[index].state = .bound
        requests[index].lane = lane
        requests[index].boundAt = now
        requests.append(index, to: &lanes[Int(lane)].bound)
        useSlot(of: lane, now)
    }

    /// Puts a request that came back from a lane at the head of its queue.
    mutating func moveOn(
        _ index: Int32,
        countingDeath ended: LaneID?,
        _ effects: inout [DispatchEffect]
    ) {
        let place = Int(requests[index].deployment)
        if requests[index].isTrial {
            fail(index, .unsendable, &effects)
            return
        }
        if let ended {
            requests[index].deaths += 1
            requests[index].outlived = ended
            if requests[index].deaths >= limits.lanesOutlived {
                fail(index, .outlivedLanes, &effects)
                return
            }
        }
        guard deployments[place].rules.isOpen else {
            fail(index, .closed, &effects)
            return
        }
        if requests[index].isCopy {
            requests[index].state = .waiting
            requests.prepend(index, to: &deployments[place].copies)
        } else if requests[index].isSuspect {
            requests[index].state = .suspected
            requests.prepend(index, to: &deployments[place].suspects)
        } else {
            requests[index].state = .waiting
            requests.prepend(index, to: &deployments[place].waiting)
        }
    }

    /// Asks the fullest lane for a request that its scorer has not begun, so that an idle lane may
    /// have it.
    ///
    /// At once where a lane holds more than its scorer calls at a time; where it does not, only
    /// after the scorer has had time to take.
    mutating func stealFor(_ idle: Int32, _ now: Moment, _ effects: inout [DispatchEffect]) {
        let place = Int(lanes[Int(idle)].deployment)
        guard lanes[Int(idle)].mayServe, deployments[place].lanes.count > 1,
            deployments[place].waiting.isEmpty, deployments[place].reserved != idle
        else { return }
        var fullest: Int32 = -1
        var excess = 0
        for index in deployments[place].lanes where index != idle {
            let lane = lanes[Int(index)]
            guard lane.suspect < 0, let last = untakenLast(of: index),
                !isRefused(last, by: idle)
            else { continue }
            let isOld = now - requests[last].boundAt >= limits.stealAfter
            let surplus = max(lane.bound.count - lane.calls, isOld ? 1 : 0)
            if surplus > excess {
                excess = surplus
                fullest = index
            }
        }
        guard fullest >= 0, let index = untakenLast(of: fullest) else { return }
        requests[index].isBeingMoved = true
        effects.append(.withdraw(requests.id(of: index), laneID(fullest)))
    }

    /// The request posted last, if it was neither begun nor asked back yet.
    private func untakenLast(of lane: Int32) -> Int32? {
        let last = lanes[Int(lane)].bound.last
        guard last >= 0, !requests[last].isTaken, !requests[last].isAbandoned,
            !requests[last].isBeingMoved, !requests[last].isTrial
        else { return nil }
        return last
    }

    /// Lets go of a reserved lane that can no longer serve, unless it scores its suspect.
    mutating func releaseReservation(unlessServing lane: Int32) {
        let place = Int(lanes[Int(lane)].deployment)
        if deployments[place].reserved == lane, lanes[Int(lane)].suspect < 0,
            !lanes[Int(lane)].mayServe
        {
            deployments[place].reserved = -1
        }
    }
}
