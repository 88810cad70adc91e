// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How requests leave queues, lanes and the dispatcher.
extension Dispatcher {
    /// Takes a request out of whatever queue it stands in outside the lanes.
    mutating func dequeue(_ index: Int32) {
        let place = Int(requests[index].deployment)
        switch requests[index].state {
        case .receiving: deployments[place].receiving -= 1
        case .waiting where requests[index].isCopy:
            requests.remove(index, from: &deployments[place].copies)
        case .waiting: requests.remove(index, from: &deployments[place].waiting)
        case .suspected: requests.remove(index, from: &deployments[place].suspects)
        case .bound, .free: break
        }
    }

    /// Ends a request that is in no queue and no lane.
    mutating func release(_ index: Int32) {
        giveBackBytes(of: index)
        if !requests[index].isAbandoned { stopClock(of: index) }
        requests.release(index)
    }

    /// Ends a request that is in no queue and no lane with a failure, unless nobody waits for it.
    mutating func fail(
        _ index: Int32,
        _ failure: RequestFailure,
        _ effects: inout [DispatchEffect]
    ) {
        let id = requests.id(of: index)
        effects.append(requests[index].isAbandoned ? .forget(id) : .fail(id, failure))
        release(index)
    }

    /// Ends a request that is in no queue and no lane, and whose deadline passed unseen by a scorer.
    mutating func failLate(_ index: Int32, _ effects: inout [DispatchEffect]) {
        countAbandoned(index)
        fail(index, .deadline, &effects)
    }

    /// Ends a request that is in no queue and no lane, and whose client left unseen by a scorer.
    mutating func dropUnseen(_ index: Int32, _ effects: inout [DispatchEffect]) {
        countAbandoned(index)
        effects.append(.forget(requests.id(of: index)))
        release(index)
    }

    private mutating func countAbandoned(_ index: Int32) {
        guard !requests[index].isCopy else { return }
        deployments[Int(requests[index].deployment)].abandoned += 1
    }

    /// Nobody waits for a bound request any more: asks its lane to give it back.
    ///
    /// It keeps its slot until the lane says what became of it, but its deadline runs no more.
    mutating func letGo(_ index: Int32, _ effects: inout [DispatchEffect]) {
        stopClock(of: index)
        requests[index].isAbandoned = true
        if !requests[index].isBeingMoved {
            effects.append(.withdraw(requests.id(of: index), laneID(requests[index].lane)))
        }
    }

    /// Takes a bound request out of its lane; its slot stays in use unless `freeingSlot`.
    mutating func unbind(_ index: Int32, freeingSlot: Bool, at now: Moment) {
        let lane = Int(requests[index].lane)
        if !freeingSlot, lanes[lane].ghosts == 0 {
            lanes[lane].ghostSince = requests[index].boundAt
        }
        requests.remove(index, from: &lanes[lane].bound)
        if freeingSlot {
            lanes[lane].used -= 1
            laneSlotsUsed -= 1
        }
        if lanes[lane].suspect == index {
            lanes[lane].suspect = -1
            let place = Int(requests[index].deployment)
            if deployments[place].reserved == Int32(lane) { deployments[place].reserved = -1 }
        }
        requests[index].lane = -1
        requests[index].isTaken = false
        requests[index].isBeingMoved = false
    }

    // MARK: - Words about bound requests

    /// The place of a request that stands in a lane; nothing for word of any other.
    private func findBound(_ request: RequestID) -> Int32? {
        guard let index = requests.find(request), requests[index].state == .bound else {
            return nil
        }
        return index
    }

    /// Takes a bound request and its slot out of its lane; answers where the two stand.
    private mutating func takeOut(
        _ request: RequestID,
        at now: Moment
    ) -> (index: Int32, lane: Int32)? {
        guard let index = findBound(request) else { return nil }
        let lane = requests[index].lane
        unbind(index, freeingSlot: true, at: now)
        return (index, lane)
    }

    mutating func noteTaken(_ request: RequestID, _ now: Moment) {
        guard let index = findBound(request), !requests[index].isTaken else { return }
        requests[index].isTaken = true
        lanes[Int(requests[index].lane)].heard = now
    }

    mutating func notePart(_ request: RequestID, _ now: Moment) {
        noteTaken(request, now)
        guard let index = findBound(request) else { return }
        lanes[Int(requests[index].lane)].heard = now
        guard !requests[index].isAbandoned else { return }
        // A copy's parts are dropped as they come, within the time of the whole.
        guard !requests[index].isCopy else {
            requests[index].hasPartLeft = true
            return
        }
        requests[index].unreadParts &+= 1
        awaitPart(of: index, now)
    }

    mutating func noteRead(_ request: RequestID, _ now: Moment) {
        guard let index = findBound(request), !requests[index].isAbandoned,
            requests[index].unreadParts > 0
        else { return }
        requests[index].unreadParts -= 1
        awaitPart(of: index, now)
    }

    mutating func noteBegun(_ request: RequestID, _ now: Moment) {
        noteTaken(request, now)
        guard let index = findBound(request) else { return }
        requests[index].isBeingMoved = false
    }

    mutating func finish(
        _ request: RequestID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let (index, lane) = takeOut(request, at: now) else { return }
        if requests[index].isAbandoned { effects.append(.forget(request)) }
        release(index)
        settle(lane, now, &effects)
    }

    /// The scorer gave a live request back unseen.
    ///
    /// It does so for what was withdrawn, which is no longer live here, and for what is late. A
    /// scorer that gives back what is neither is given up like one that died: the request goes on
    /// elsewhere, and the count of lanes bounds how often.
    mutating func takeBack(
        _ request: RequestID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let (index, lane) = takeOut(request, at: now) else { return }
        if requests[index].isAbandoned {
            dropUnseen(index, &effects)
        } else if requests[index].deadline <= now {
            failLate(index, &effects)
        } else {
            moveOn(index, countingDeath: laneID(lane), &effects)
        }
        settle(lane, now, &effects)
    }

    /// A withdrawal won: the request is ours again, its slot comes back later.
    mutating func regain(
        _ request: RequestID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let index = findBound(request) else { return }
        unbind(index, freeingSlot: false, at: now)
        if requests[index].isAbandoned {
            dropUnseen(index, &effects)
        } else {
            let deployment = requests[index].deployment
            moveOn(index, countingDeath: nil, &effects)
            bindWaiting(deployment, now, &effects)
        }
    }

    /// The lane could not carry the request: the machine lacks something, so no other lane is tried.
    mutating func giveUp(
        _ request: RequestID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let (index, lane) = takeOut(request, at: now) else { return }
        fail(index, .unsendable, &effects)
        settle(lane, now, &effects)
    }

    // MARK: - Slots

    mutating func returnSlot(
        of lane: LaneID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let index = find(lane), lanes[Int(index)].ghosts > 0 else { return }
        lanes[Int(index)].used -= 1
        laneSlotsUsed -= 1
        lanes[Int(index)].ghostSince = now
        settle(index, now, &effects)
    }

    /// A slot of the lane became free: give it work, or see that it is drained.
    mutating func settle(_ lane: Int32, _ now: Moment, _ effects: inout [DispatchEffect]) {
        let place = Int(lane)
        lanes[place].heard = now
        if lanes[place].isDraining { reportDrained(lane, &effects) }
        let deployment = lanes[place].deployment
        bindWaiting(deployment, now, &effects)
        if lanes[place].used == 0 { stealFor(lane, now, &effects) }
    }

    mutating func reportDrained(_ lane: Int32, _ effects: inout [DispatchEffect]) {
        let place = Int(lane)
        guard lanes[place].isDraining, !lanes[place].isDrainReported, lanes[place].used == 0
        else { return }
        lanes[place].isDrainReported = true
        effects.append(.drained(laneID(lane)))
    }
}
