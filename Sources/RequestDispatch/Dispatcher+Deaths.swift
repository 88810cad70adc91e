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
        let killing = Killing(lane: lane, revision: lanes[Int(dead)].revision)
        let isExcused = lanes[Int(dead)].isExcused
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
                of: killing,
                wasTaken: wasTaken,
                wasAlone: index == suspect,
                counts: ahead < calls && !isExcused,
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
    /// Shape: `counts` is false where more requests were ahead of it than the scorer calls at a
    /// time, and where the lane went with its node. Then it had no part in this end: it does not
    /// count against it, however many scorers are killed at once.
    private mutating func settleDeath(
        _ index: Int32,
        of killing: Killing,
        wasTaken: Bool,
        wasAlone: Bool,
        counts: Bool,
        _ effects: inout [DispatchEffect]
    ) {
        let rules = deployments[Int(requests[index].deployment)].rules
        if requests[index].isAbandoned {
            fail(index, .deadline, &effects)
        } else if requests[index].hasPartLeft {
            fail(index, .brokenOff(killing.lane), &effects)
        } else if !wasTaken {
            moveOn(index, countingDeath: counts ? killing.lane : nil, &effects)
        } else if rules.retry == .never || requests[index].isCopy {
            fail(index, .lost(killing.lane), &effects)
        } else if !counts {
            moveOn(index, countingDeath: nil, &effects)
        } else if wasAlone {
            effects.append(.convict(requests.id(of: index), killing))
            fail(index, .convicted, &effects)
        } else {
            requests[index].suspectedFor = killing.lane
            moveOn(index, countingDeath: killing.lane, &effects)
        }
    }
}
