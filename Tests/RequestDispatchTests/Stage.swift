// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

/// A dispatcher with one deployment and a clock that moves when it is told to.
struct Stage {
    var dispatcher: Dispatcher
    let deployment: DeploymentID
    var now = Moment(nanoseconds: 1_000_000_000)

    init(_ rules: DeploymentRules = DeploymentRules(), limits: DispatchLimits = DispatchLimits()) {
        dispatcher = Dispatcher(limits: limits)
        deployment = dispatcher.addDeployment(rules)
    }

    /// A lane that is neither ready nor routed.
    mutating func addLane(calls: Int = 1, slots: Int? = nil, revision: Int = 1) -> LaneID {
        dispatcher.addLane(
            to: deployment,
            revision: Revision(number: revision),
            calls: calls,
            slots: slots ?? calls,
            at: now
        )
    }

    /// Makes a lane ready and routed.
    @discardableResult
    mutating func start(_ lane: LaneID) -> [DispatchEffect] {
        tell(.laneRouted(lane, true)) + tell(.laneReady(lane))
    }

    /// A lane that is ready and routed.
    mutating func openLane(calls: Int = 1, slots: Int? = nil, revision: Int = 1) -> LaneID {
        let lane = addLane(calls: calls, slots: slots, revision: revision)
        start(lane)
        return lane
    }

    /// A request that was let in and is not whole.
    mutating func admit(length: Int = 10) throws -> RequestID {
        let admission = dispatcher.admit(to: deployment, length: length, at: now)
        guard case .admitted(let request, _) = admission else {
            throw Unexpected(what: "\(admission)")
        }
        return request
    }

    /// A request that came whole.
    mutating func arrive(digest: UInt64 = 0) throws -> (RequestID, [DispatchEffect]) {
        let request = try admit()
        return (request, tell(.arrived(request, digest: digest)))
    }

    @discardableResult
    mutating func tell(_ event: DispatchEvent) -> [DispatchEffect] {
        dispatcher.decide(event, at: now)
    }

    @discardableResult
    mutating func wait(_ duration: Duration) -> [DispatchEffect] {
        now = now + duration
        return tell(.tick)
    }

    struct Unexpected: Error {
        let what: String
    }
}
