// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The beginning and the end of a life of the supervisor.
extension Rulebook {
    mutating func begin(_ names: [NodeName], _ work: inout Deliberation) {
        isLeaving = false
        hasSaidFarewell = false
        bringUpToDate(work.now)
        departed.bringUpToDate()
        forgetGateway(&work)
        configure(names, &work)
        for deployment in deployments {
            for record in deployment.revisions where !record.isPrepared {
                work.add(
                    .prepare(deployment.key, record.revision),
                    because: "\(record.revision) of \(deployment.key) was being prepared when the "
                        + "supervisor's last life ended"
                )
            }
        }
        work.noteChange()
    }

    /// Brings moments of the last life into this one: the machine may have been started anew since,
    /// and its clock with it.
    private mutating func bringUpToDate(_ now: Moment) {
        for index in deployments.indices {
            deployments[index].rollout = deployments[index].rollout?.broughtUp(to: now)
            deployments[index].pausedSince = deployments[index].pausedSince.map { min($0, now) }
            for record in deployments[index].revisions.indices {
                let declaredAt = deployments[index].revisions[record].declaredAt
                deployments[index].revisions[record].declaredAt = declaredAt.map { min($0, now) }
            }
        }
        for path in paths {
            if self[path].since > now { self[path].since = now }
            switch self[path].state {
            case .backingOff(var backingOff):
                backingOff.until = min(backingOff.until, now + BackOff.longest)
                self[path].state = .backingOff(backingOff)
            case .stopping(var stopping):
                stopping.endAt = min(stopping.endAt, now + Timings.endAgain)
                self[path].state = .stopping(stopping)
            case .draining(var draining):
                let deadline = declaration(for: self[path])?.drainDeadline ?? .zero
                draining.deadline = min(draining.deadline, now + deadline)
                self[path].state = .draining(draining)
            case .starting(var starting):
                starting.servedSince = starting.servedSince.map { min($0, now) }
                starting.readySince = starting.readySince.map { min($0, now) }
                self[path].state = .starting(starting)
            case .waiting, .comparing, .serving, .failed: break
            }
        }
    }

    mutating func leave(_ work: inout Deliberation) {
        isLeaving = true
        work.noteChange()
        guard gateway.peer.isJoined, gateway.retireBy == nil else { return }
        gateway.retireBy = work.now + Timings.retirement
        work.add(
            .retireGateway,
            because: "the server is shutting down: requests are finished first"
        )
    }

    /// Lets everything go once the gateway has finished, or cannot.
    mutating func steerLeaving(_ work: inout Deliberation) {
        let isFinished = !gateway.peer.isJoined || (gateway.retireBy ?? .zero) <= work.now
        // A gateway that was asked to leave, and did, has told every scorer to leave as well.
        let isTold = gateway.retireBy != nil && !gateway.peer.isJoined
        for path in paths.reversed() {
            switch self[path].state {
            case .waiting, .backingOff, .failed:
                remove(path, because: "the server is shutting down", &work)
            case .starting, .comparing, .serving, .draining:
                guard isFinished else { continue }
                stop(
                    path,
                    at: isTold ? work.now + Timings.farewell : work.now,
                    then: .leave,
                    because: "the server is shutting down",
                    &work
                )
            case .stopping(var stopping) where stopping.afterwards == .restart:
                stopping.afterwards = .leave
                self[path].state = .stopping(stopping)
                work.noteChange()
            case .stopping:
                break
            }
        }
        guard isFinished, !hasSaidFarewell, paths.isEmpty, strays.isEmpty else { return }
        hasSaidFarewell = true
        work.add(.farewell, because: "nothing is held any more")
    }
}
