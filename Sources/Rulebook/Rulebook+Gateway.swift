// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is heard of the gateway.
extension Rulebook {
    mutating func noteGatewayJoined(_ lanes: [HeldLane], _ work: inout Deliberation) {
        gateway.peer.noteJoined(at: work.now)
        gateway.hasJoinedAnew = true
        noteAsked(of: lanes, &work)
        work.noteChange()
        for path in paths {
            guard let live = self[path].state.live else { continue }
            let lane = lanes.first { $0.run == live.run }
            changeLive(path) { $0.hasLane = lane != nil }
            reattach(path, lane, &work)
        }
        for lane in lanes {
            noteNumber(of: lane.run)
            if find(lane.run, .standard) == nil {
                work.add(
                    .closeLane(lane.run),
                    because: "the gateway holds a lane for run \(lane.run), which nobody knows"
                )
            }
        }
    }

    /// Lets an instance know what the gateway that joined holds of its lane.
    private mutating func reattach(
        _ path: InstancePath,
        _ lane: HeldLane?,
        _ work: inout Deliberation
    ) {
        switch self[path].state {
        case .starting(var starting):
            let deadline = declaration(for: self[path])?.startDeadline ?? .zero
            starting.deadline = work.now + deadline
            self[path].state = .starting(starting)
            if lane?.isReady == true { serve(path, starting, &work) }
        case .serving(let serving):
            if lane?.isReady != true, !work.policy.outlivesGateway() {
                detach(path, Starting(serving), &work)
            }
        case .comparing(let comparing):
            if lane?.isReady != true { detach(path, Starting(comparing), &work) }
        case .draining(var draining):
            if lane == nil {
                stop(
                    path,
                    at: work.now,
                    then: .leave,
                    because: "the gateway holds no lane of run \(draining.live.run) any more",
                    &work
                )
            } else {
                draining.isTold = false
                self[path].state = .draining(draining)
            }
        case .waiting, .stopping, .backingOff, .failed:
            break
        }
    }

    mutating func noteGatewayLost(_ work: inout Deliberation) {
        gateway.peer.noteLost(at: work.now, work.policy)
        gateway.stale = []
        noteKeptLost(&work)
        work.noteChange()
        if work.policy.outlivesGateway() { return }
        for path in paths {
            changeLive(path) { $0.hasLane = false }
            switch self[path].state {
            case .serving(let serving):
                detach(path, Starting(serving), &work)
            case .comparing(let comparing):
                detach(path, Starting(comparing), &work)
            case .draining(let draining):
                stop(
                    path,
                    at: work.now,
                    then: .leave,
                    because: "the gateway was lost, and every request of run "
                        + "\(draining.live.run) with it",
                    &work
                )
            case .waiting, .starting, .stopping, .backingOff, .failed:
                break
            }
        }
    }

    /// Takes the lease of an instance whose lane is gone, and leaves its process alone.
    private mutating func detach(
        _ path: InstancePath,
        _ detached: Starting,
        _ work: inout Deliberation
    ) {
        var starting = detached
        starting.live.hasLane = self[path].state.live?.hasLane ?? false
        starting.deadline = work.now + (declaration(for: self[path])?.startDeadline ?? .zero)
        turn(
            path,
            to: .starting(starting),
            because: "run \(starting.live.run) lives, but no gateway holds a ready lane of it",
            &work
        )
    }

    /// Takes every lease: a new life of the supervisor believes what it hears.
    mutating func forgetGateway(_ work: inout Deliberation) {
        gateway.peer.forget()
        gateway.retireBy = nil
        for path in paths {
            changeLive(path) { $0.hasLane = false }
            switch self[path].state {
            case .serving(let serving): detach(path, Starting(serving), &work)
            case .comparing(let comparing): detach(path, Starting(comparing), &work)
            case .waiting, .starting, .draining, .stopping, .backingOff, .failed: break
            }
            if case .draining(var draining) = self[path].state {
                draining.isTold = false
                self[path].state = .draining(draining)
            }
        }
    }
}

extension Starting {
    /// What serves, without its gateway.
    fileprivate init(_ serving: Serving) {
        self.init(
            reservation: serving.reservation,
            live: serving.live,
            deadline: .zero,
            servedSince: serving.lease.since
        )
    }

    /// What is compared, without its gateway.
    fileprivate init(_ comparing: Comparing) {
        self.init(
            reservation: comparing.reservation,
            live: comparing.live,
            deadline: .zero,
            readySince: comparing.since
        )
    }
}
