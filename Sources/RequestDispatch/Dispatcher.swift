// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Decides which request goes to which lane, when, and what becomes of it.
///
/// A pure value: told what happened and when, it answers what to do, and the same history gives the
/// same answers. It holds no bodies, sockets or clocks. Each word about a request costs constant
/// time (in the number of requests; lanes of one deployment are looked through one by one) and
/// allocates nothing once the tables have grown.
///
/// Shape: a request is admitted, arrives, is bound, and ends in exactly one of: `answered`, a
/// `fail` effect, or `clientGone`.
/// Source: ARCHITECTURE.md, "A request's way". Each rule has a test: `AdmissionTests`,
/// `BindingTests`, `DeathTests`, `TimeTests`; `HistoryTests` plays random histories.
public struct Dispatcher: Sendable {
    let limits: DispatchLimits
    var requests = RequestSlab()
    var lanes: ContiguousArray<LaneSeat> = []
    var freeLanes: ContiguousArray<Int32> = []
    var deployments: ContiguousArray<DeploymentQueue> = []
    var heldBytes = 0
    var claimedBytes = 0
    var copiedBytes = 0
    /// Most bytes of bodies held at once, as the deployments' rules make it.
    var room: Int
    var laneSlotsUsed = 0
    /// When the lanes are looked at next.
    public internal(set) var nextLook = Moment.never

    /// Makes a dispatcher that knows no deployment.
    public init(limits: DispatchLimits = DispatchLimits()) {
        self.limits = limits
        self.room = limits.heldBytes
    }

    // MARK: - What there is

    /// Adds a deployment.
    public mutating func addDeployment(_ rules: DeploymentRules) -> DeploymentID {
        deployments.append(DeploymentQueue(rules: rules))
        makeRoom()
        return DeploymentID(index: Int32(deployments.count - 1))
    }

    /// Changes what holds for the deployment's requests from now on.
    public mutating func setRules(_ rules: DeploymentRules, of deployment: DeploymentID) {
        deployments[Int(deployment.index)].rules = rules
        makeRoom()
    }

    /// Adds a lane that is neither ready nor routed yet.
    public mutating func addLane(
        to deployment: DeploymentID,
        revision: Revision,
        calls: Int,
        slots: Int,
        at now: Moment
    ) -> LaneID {
        let index: Int32
        if let free = freeLanes.popLast() {
            index = free
        } else {
            lanes.append(LaneSeat())
            index = Int32(lanes.count - 1)
        }
        let generation = lanes[Int(index)].generation
        var lane = LaneSeat()
        lane.generation = generation
        lane.isOpen = true
        lane.deployment = deployment.index
        lane.revision = revision
        lane.calls = calls
        lane.slots = slots
        lane.heard = now
        lanes[Int(index)] = lane
        nextLook = min(nextLook, now + limits.probeInterval)
        deployments[Int(deployment.index)].lanes.append(index)
        return LaneID(index: index, generation: generation)
    }

    // MARK: - Requests come in

    /// Whether a request may come in, before its body is read.
    ///
    /// Shape: `length` is what the client announced; zero when it did not say. It holds nothing yet:
    /// a few silent clients could otherwise announce all the room away. What comes is told by
    /// `grow`; some multiple of that is kept for it. Whether as many wait as may is looked at again
    /// when the request is whole.
    public mutating func admit(
        to deployment: DeploymentID,
        length: Int,
        at now: Moment
    ) -> Admission {
        let queue = deployments[Int(deployment.index)]
        guard queue.rules.isOpen else { return .refused(.closed) }
        guard length <= queue.rules.bodyLimit else { return .refused(.bodyTooLong) }
        guard queue.queued < queue.rules.waitingLimit else { return .refused(.tooManyWaiting) }
        if let limit = queue.rules.pendingLimit, queue.inFlight >= limit {
            return .refused(.tooManyPending)
        }
        guard mayClaim(length, in: queue) else { return .refused(.tooManyBytes) }
        let index = requests.make()
        let deadline = now + queue.rules.deadline
        requests[index].state = .receiving
        requests[index].deployment = deployment.index
        requests[index].announced = length
        requests[index].deadline = deadline
        deployments[Int(deployment.index)].receiving += 1
        requests.insertByDeadline(index, into: &deployments[Int(deployment.index)].deadlines)
        return .admitted(requests.id(of: index), deadline: deadline)
    }

    // MARK: - Events

    /// What to do about an event; the effects are in order.
    public mutating func decide(_ event: DispatchEvent, at now: Moment) -> [DispatchEffect] {
        var effects: [DispatchEffect] = []
        decide(event, at: now, into: &effects)
        return effects
    }

    /// What to do about an event, added to `effects`: for the hot path, which keeps one array.
    public mutating func decide(
        _ event: DispatchEvent,
        at now: Moment,
        into effects: inout [DispatchEffect]
    ) {
        switch event {
        case .arrived(let request, let digest): arrive(request, digest, now, &effects)
        case .clientGone(let request): abandon(request, now, &effects)
        case .taken(let request): noteTaken(request, now)
        case .part(let request): notePart(request, now)
        case .partRead(let request): noteRead(request, now)
        case .answered(let request): finish(request, now, &effects)
        case .declined(let request): takeBack(request, now, &effects)
        case .withdrawn(let request): regain(request, now, &effects)
        case .begun(let request): noteBegun(request, now)
        case .unsendable(let request): giveUp(request, now, &effects)
        case .slotReturned(let lane): returnSlot(of: lane, now, &effects)
        case .laneReady(let lane): change(lane, now, &effects) { $0.isReady = true }
        case .laneRouted(let lane, let isRouted):
            change(lane, now, &effects) { $0.isRouted = isRouted }
        case .laneCalls(let lane, let calls): change(lane, now, &effects) { $0.calls = calls }
        case .laneHolds(let lane, let slots): change(lane, now, &effects) { $0.slots = slots }
        case .laneDraining(let lane): change(lane, now, &effects) { $0.isDraining = true }
        case .laneAsked(let lane): ask(lane, now, &effects)
        case .laneExcused(let lane, let deployment): excuse(lane, of: deployment, now, &effects)
        case .laneEnded(let lane): bury(lane, now, &effects)
        case .closed(let deployment): close(deployment.index, now, &effects)
        case .tick: tick(now, &effects)
        }
    }

    private mutating func arrive(
        _ request: RequestID,
        _ digest: UInt64,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let index = requests.find(request) else { return }
        guard requests[index].state == .receiving else {
            if requests[index].isCopy { bindWaiting(requests[index].deployment, now, &effects) }
            return
        }
        let deployment = requests[index].deployment
        let place = Int(deployment)
        requests[index].digest = digest
        forgetOldConvictions(at: place, now)
        if isRefusedByAll(index) {
            dequeue(index)
            fail(index, .convicted, &effects)
            return
        }
        if let limit = deployments[place].rules.pendingLimit,
            deployments[place].inFlight >= limit
        {
            dequeue(index)
            fail(index, .tooManyPending, &effects)
            return
        }
        deployments[place].receiving -= 1
        requests[index].state = .waiting
        requests.append(index, to: &deployments[place].waiting)
        bindWaiting(deployment, now, &effects)
        // One that no lane took, though others were admitted while its body came.
        if requests.find(request) == index, requests[index].state == .waiting,
            deployments[place].queued > deployments[place].rules.waitingLimit
        {
            dequeue(index)
            fail(index, .tooManyWaiting, &effects)
        }
    }

    private mutating func abandon(
        _ request: RequestID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        guard let index = requests.find(request), !requests[index].isAbandoned else { return }
        if requests[index].state == .bound {
            // A stream may have had longer: to see that nobody wants it, it has a request's time.
            let rules = deployments[Int(requests[index].deployment)].rules
            requests[index].deadline = min(requests[index].deadline, now + rules.deadline)
            letGo(index, &effects)
        } else {
            dequeue(index)
            dropUnseen(index, &effects)
        }
    }

    private mutating func change(
        _ lane: LaneID,
        _ now: Moment,
        _ effects: inout [DispatchEffect],
        _ body: (inout LaneSeat) -> Void
    ) {
        guard let index = find(lane) else { return }
        body(&lanes[Int(index)])
        lanes[Int(index)].heard = max(lanes[Int(index)].heard, now)
        let deployment = lanes[Int(index)].deployment
        releaseReservation(unlessServing: index)
        reportDrained(index, &effects)
        bindWaiting(deployment, now, &effects)
    }

    private mutating func close(
        _ deployment: Int32,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        let place = Int(deployment)
        var index = deployments[place].deadlines.first
        while index >= 0 {
            let next = requests[index].turn.next
            if requests[index].state != .bound {
                dequeue(index)
                fail(index, .closed, &effects)
            }
            index = next
        }
        while !deployments[place].copies.isEmpty {
            let index = deployments[place].copies.first
            dequeue(index)
            fail(index, .closed, &effects)
        }
    }
}
