// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Requests of before that one lane is asked once more, before it is given live ones.
///
/// They are copies whose lane is settled: they wait for none, move to none, and a lane that live
/// requests are routed to gets none. So nothing of theirs can stand before a live request.
extension Dispatcher {
    /// Binds one to a lane, for the caller to post; nothing where the lane cannot take it now.
    public mutating func bindTrial(
        to lane: LaneID,
        length: Int,
        at now: Moment
    ) -> (request: RequestID, deadline: Moment)? {
        guard let found = find(lane) else { return nil }
        let seat = lanes[Int(found)]
        guard seat.isReady, !seat.isRouted, !seat.isDraining, !seat.isEjecting,
            seat.used < seat.credit(forCopy: true), length <= limits.longestCopy,
            copiedBytes + length <= limits.copiedBytes
        else { return nil }
        let index = requests.make()
        let deadline = now + deployments[Int(seat.deployment)].rules.deadline
        requests[index].isCopy = true
        requests[index].isTrial = true
        requests[index].deployment = seat.deployment
        requests[index].bytes = length
        requests[index].deadline = deadline
        copiedBytes += length
        requests.insertByDeadline(index, into: &deployments[Int(seat.deployment)].copyDeadlines)
        put(index, into: found, now)
        return (requests.id(of: index), deadline)
    }
}
