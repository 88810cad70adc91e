// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Rulebook {
    /// When the next `tick` is due; nothing when no time alone will change anything.
    ///
    /// Shape: later than the moment of the last decision.
    public var nextDeadline: Moment? {
        var next: Moment?
        func consider(_ moment: Moment?) {
            if let moment, moment < next ?? .never { next = moment }
        }
        for moment in findings.deadlines.values { consider(moment) }
        for stray in strays where capacity.isReachable(stray.node) { consider(stray.endAt) }
        if isLeaving {
            if gateway.peer.isJoined && !hasSaidFarewell { consider(gateway.retireBy) }
        } else {
            for node in nodes {
                consider(node.peer.seekAt)
                consider(node.settledAt)
            }
            consider(gateway.peer.seekAt)
        }
        return next
    }

    /// When time alone changes something about an instance; nothing while its node must speak first.
    func deadline(of instance: Instance) -> Moment? {
        switch instance.state {
        case .starting(let starting):
            starting.isTimed && capacity.isReachable(starting.reservation.node)
                ? starting.deadline : nil
        case .draining(let draining): draining.deadline
        case .stopping(let stopping):
            capacity.isReachable(stopping.reservation.node) ? stopping.endAt : nil
        case .backingOff(let backingOff): backingOff.until
        case .serving(let serving):
            gateway.peer.isJoined && !isLeaving ? serving.probes?.nextAt : nil
        case .waiting, .comparing, .failed: nil
        }
    }

    /// Does what is due.
    mutating func steerDeadlines(_ work: inout Deliberation) {
        for index in nodes.indices {
            guard let settledAt = nodes[index].settledAt, settledAt <= work.now else { continue }
            nodes[index].settledAt = nil
            capacity.isStale = true
            work.noteChange()
        }
        for path in paths {
            let instance = self[path]
            guard let deadline = deadline(of: instance), deadline <= work.now else { continue }
            switch instance.state {
            case .starting(let starting):
                let limit = declaration(for: instance)?.startDeadline ?? .zero
                stop(
                    path,
                    at: work.now,
                    then: .restart,
                    because: "run \(starting.live.run) was not ready within "
                        + "\(limit.wholeMilliseconds) ms",
                    &work
                )
            case .draining(let draining):
                stop(
                    path,
                    at: work.now,
                    then: .leave,
                    because: "run \(draining.live.run) did not finish its requests in time",
                    &work
                )
            case .backingOff(let backingOff):
                let waiting = Waiting(reservation: backingOff.reservation)
                turn(path, to: .waiting(waiting), because: "its wait is over", &work)
            case .waiting, .comparing, .serving, .stopping, .failed:
                break
            }
        }
    }

    /// Has ended what shall be ended, again and again until it is gone.
    mutating func steerEnds(_ work: inout Deliberation) {
        for path in paths {
            guard case .stopping(var stopping) = self[path].state,
                stopping.endAt <= work.now, capacity.isReachable(stopping.reservation.node)
            else { continue }
            stopping.ends += 1
            stopping.endAt = work.policy.endAgain(work.now)
            self[path].state = .stopping(stopping)
            let why = stopping.ends == 1 ? stopping.why : "it is still there; \(stopping.why)"
            work.add(.end(stopping.live.run, on: stopping.reservation.node), because: why)
        }
        for index in strays.indices
        where strays[index].endAt <= work.now && capacity.isReachable(strays[index].node) {
            strays[index].endAt = work.now + Timings.endAgain
            guard work.policy.endsStray() else { continue }
            work.add(
                .end(strays[index].run, on: strays[index].node),
                because:
                    "node '\(strays[index].node)' holds run \(strays[index].run), which nobody "
                    + "wants"
            )
        }
    }
}
