// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Counts of one deployment.
public struct DispatchFigures: Hashable, Sendable {
    /// Requests that are admitted and in no lane.
    public let waiting: Int
    /// Requests that somebody waits for and a lane holds.
    public let bound: Int
    /// Copies of live requests that are in no lane.
    public let copiesWaiting: Int
    /// Copies of live requests that a lane holds.
    public let copiesBound: Int
    /// Requests that were given to a lane again after a scorer died while scoring them.
    public let redispatched: UInt64
    /// Requests that were dropped before a scorer saw them.
    public let abandoned: UInt64
}

extension Dispatcher {
    /// What there is to count of a deployment now.
    public func figures(of deployment: DeploymentID) -> DispatchFigures {
        let queue = deployments[Int(deployment.index)]
        return DispatchFigures(
            waiting: queue.pending,
            bound: queue.deadlines.count + queue.streams.count - queue.pending,
            copiesWaiting: queue.copies.count,
            copiesBound: queue.copyDeadlines.count - queue.copies.count,
            redispatched: queue.redispatched,
            abandoned: queue.abandoned
        )
    }

    /// Requests that are not over, those that only a lane still holds included.
    public var liveRequests: Int { requests.liveCount }

    /// Bytes of bodies that are held.
    public var bytesHeld: Int { heldBytes }

    /// Bytes of bodies of copies that are held.
    public var bytesCopied: Int { copiedBytes }

    /// Whether a run of the deployment can answer now.
    public func canServe(_ deployment: DeploymentID) -> Bool {
        deployments[Int(deployment.index)].lanes.contains { lanes[Int($0)].mayServe }
    }

    /// Whether whole requests of the deployment wait for a lane.
    public func hasWaiting(_ deployment: DeploymentID) -> Bool {
        deployments[Int(deployment.index)].queued > 0
    }

    /// How many of the deployment's requests one client may have under way at once beside others.
    ///
    /// Shape: a quarter of the calls that go on at once, at least one. An answer that its client
    /// does not take keeps a call until it does: what one of them keeps leaves others theirs.
    public func share(of deployment: DeploymentID) -> Int {
        var calls = 0
        for index in deployments[Int(deployment.index)].lanes where lanes[Int(index)].mayServe {
            calls += lanes[Int(index)].calls
        }
        return max(1, calls / 4)
    }

    /// The live requests that a lane holds and whose scorer was not seen to have begun them.
    public func untaken(of lane: LaneID, _ body: (RequestID) -> Void) {
        guard let index = find(lane) else { return }
        var request = lanes[Int(index)].bound.first
        while request >= 0 {
            if !requests[request].isTaken { body(requests.id(of: request)) }
            request = requests[request].place.next
        }
    }
}
