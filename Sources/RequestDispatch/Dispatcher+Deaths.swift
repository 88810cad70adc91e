// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What becomes of a lane's requests when it ends.
extension Dispatcher {
    /// Buries a lane: what its scorer had not begun moves on in its order; what it had begun is
    /// settled by the deployment's retry policy.
    mutating func bury(_ lane: LaneID, _ now: Moment, _ effects: inout [DispatchEffect]) {
        guard let dead = find(lane) else { return }
        let place = Int(lanes[Int(dead)].deployment)
        let suspect = lanes[Int(dead)].suspect
        lanes[Int(dead)].isEjecting = true
        let calls = lanes[Int(dead)].calls
        var ahead = lanes[Int(dead)].bound.count
        var index = lanes[Int(dead)].bound.last
        while index >= 0 {
            ahead -= 1
            let previous = requests[index].place.previous
            let wasTaken = requests[index].isTaken
            unbind(index, freeingSlot: true, at: now)
            settleDeath(
                index,
                of: lane,
                wasTaken: wasTaken,
                wasAlone: index == suspect,
                hadItsTurn: ahead < calls,
                &effects
            )
            index = previous
        }
        laneSlotsUsed -= lanes[Int(dead)].used
        if deployments[place].reserved == dead { deployments[place].reserved = -1 }
        deployments[place].lanes.removeAll { $0 == dead }
        let generation = lanes[Int(dead)].generation
        lanes[Int(dead)] = LaneSeat()
        lanes[Int(dead)].generation = generation &+ 1
        freeLanes.append(dead)
        bindWaiting(Int32(place), now, &effects)
    }

    /// Settles one request of a lane that ended.
    ///
    /// Shape: `hadItsTurn` is false where more requests were ahead of it than the scorer calls at a
    /// time. Then it had no part in this end: it does not count against it, however many scorers
    /// are killed at once.
    private mutating func settleDeath(
        _ index: Int32,
        of lane: LaneID,
        wasTaken: Bool,
        wasAlone: Bool,
        hadItsTurn: Bool,
        _ effects: inout [DispatchEffect]
    ) {
        let rules = deployments[Int(requests[index].deployment)].rules
        if requests[index].isAbandoned {
            fail(index, .deadline, &effects)
        } else if requests[index].hasPartLeft {
            fail(index, .brokenOff(lane), &effects)
        } else if !wasTaken {
            moveOn(index, countingDeath: hadItsTurn, &effects)
        } else if rules.retry == .never || requests[index].isCopy {
            fail(index, .lost(lane), &effects)
        } else if wasAlone {
            effects.append(.convict(requests.id(of: index)))
            fail(index, .convicted, &effects)
        } else {
            requests[index].isSuspect = true
            moveOn(index, countingDeath: true, &effects)
        }
    }
}
