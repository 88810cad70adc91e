// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is heard of single runs. A run that is not the present one of its instance changes nothing.
extension Rulebook {
    mutating func noteSpawned(_ run: Run, pid: Int32, _ work: inout Deliberation) {
        if let path = find(run, work.policy) { return changeLive(path) { $0.pid = pid } }
        // An order that was believed lost, or an old word said twice. Whoever does not hold the run
        // says so, and nothing comes of it.
        noteNumber(of: run)
        // Who holds it is known and told to end it; that another does not would be taken for its end.
        if strays.contains(where: { $0.run == run }) { return }
        for node in nodes where capacity.isReachable(node.name) {
            work.add(
                .end(run, on: node.name),
                because: "run \(run) got a process when nobody wanted it any more"
            )
        }
    }

    mutating func noteReady(_ run: Run, _ work: inout Deliberation) {
        guard let path = find(run, work.policy),
            case .starting(let starting) = self[path].state, starting.live.hasLane
        else { return }
        serve(path, starting, &work)
    }

    /// Gives an instance that can answer its lease, or has its answers compared first.
    mutating func serve(
        _ path: InstancePath,
        _ starting: Starting,
        _ work: inout Deliberation
    ) {
        let reason = "run \(starting.live.run) says that it can answer"
        let (deployment, revision) = (deployments[path.deployment], self[path].revision)
        let isAwaited =
            deployment.awaitsComparison(of: revision) || deployment.isRuledOut(revision)
        guard work.policy.comparesFirst(isAwaited) else {
            return lease(path, starting.serving(since: work.now), because: reason, &work)
        }
        turn(path, to: .comparing(starting.comparing(since: work.now)), because: reason, &work)
    }

    /// Gives an instance its lease.
    mutating func lease(
        _ path: InstancePath,
        _ leased: Serving,
        because reason: String,
        _ work: inout Deliberation
    ) {
        let instance = self[path]
        deployments[path.deployment].change(instance.revision) { $0.isProven = true }
        var serving = leased
        serving.probes = ProbeState(declaration(for: instance)?.probes, at: work.now)
        turn(path, to: .serving(serving), because: reason, &work)
    }

    mutating func noteStartFailed(_ run: Run, _ text: String, _ work: inout Deliberation) {
        guard let path = find(run, work.policy), case .starting = self[path].state else { return }
        stop(
            path,
            at: work.now + Timings.farewell,
            then: .restart,
            because: "run \(run) cannot start: \(text)",
            &work
        )
    }

    mutating func noteEjected(_ run: Run, _ reason: String, _ work: inout Deliberation) {
        guard let path = find(run, work.policy) else { return }
        let why =
            reason == LaneEnd.scorerWent
            ? Self.went(run) : "the gateway threw the lane of run \(run) away: \(reason)"
        switch self[path].state {
        case .starting, .comparing, .serving:
            stop(path, at: work.now, then: .restart, because: why, &work)
        case .draining:
            stop(path, at: work.now, then: .leave, because: why, &work)
        case .waiting, .stopping, .backingOff, .failed:
            break
        }
    }

    /// Why a run whose scorer closed its socket is ended, until its node tells how the scorer went.
    private static func went(_ run: Run) -> String { "the scorer of run \(run) went" }

    mutating func noteDrained(_ run: Run, _ work: inout Deliberation) {
        guard let path = find(run, work.policy), case .draining = self[path].state else { return }
        stop(
            path,
            at: work.now + Timings.farewell,
            then: .leave,
            because: "run \(run) holds no request any more and was told to leave",
            &work
        )
    }

    mutating func noteRefused(_ run: Run, _ problem: Problem, _ work: inout Deliberation) {
        guard let path = find(run, work.policy) else { return dropStray(run, &work) }
        let cause = "its node refused to start run \(run): \(problem)"
        settle(path, because: cause, isBlamed: true, &work)
    }

    mutating func noteExited(_ run: Run, _ report: ExitReport, _ work: inout Deliberation) {
        guard let path = find(run, work.policy) else { return dropStray(run, &work) }
        var cause = "run \(run) \(report)"
        if case .stopping(let stopping) = self[path].state, stopping.afterwards == .restart,
            stopping.why != Self.went(run)
        {
            cause = "\(stopping.why); then it \(report)"
        }
        // What vanished with its node, or never came to be, says nothing about the scorer.
        let isBlamed = report.cause != .lost || self[path].state.name == .stopping
        settle(path, because: cause, isBlamed: isBlamed, &work)
    }

    /// Ends what was known of a run whose tree is gone, and decides what becomes of its instance.
    mutating func settle(
        _ path: InstancePath,
        because cause: String,
        isBlamed: Bool,
        _ work: inout Deliberation
    ) {
        let instance = self[path]
        guard let live = instance.state.live, let reservation = instance.state.reservation else {
            return
        }
        if work.policy.owesSettlement(live.hasLane, gateway.peer.isJoined) {
            work.add(.closeLane(live.run), because: "run \(live.run) is gone")
        }
        if instance.state.isLeaving || isLeaving {
            return remove(path, because: "\(instance.reason); it is gone", &work)
        }
        self[path].problem = cause
        guard isBlamed else {
            let waiting = InstanceState.waiting(Waiting(reservation: reservation))
            return turn(path, to: waiting, because: cause, &work)
        }

        noteComparedDied(live.run, because: cause, &work)
        let delay = self[path].history.noteDeath(
            servedSince: instance.readySince,
            at: work.now,
            work.policy
        )
        let starts = self[path].history.unreadyStarts
        let isProven =
            deployments[path.deployment].record(instance.revision)?.isProven ?? false
        if work.policy.givesUp(starts, isProven) {
            // Where another stays, what this one wrote is that of one which is gone.
            let all = deployments[path.deployment].current == nil ? "" : " --all"
            let problem = Problem(
                .failed,
                code: "neverReady",
                what: "cannot start instance '\(instance.id)' of \(instance.revision): "
                    + "\(starts) starts in a row never got ready; \(cause)",
                remedy: "see 'scorekeeper logs \(instance.id.key.endpoint)\(all)'"
            )
            turn(path, to: .failed(problem), because: problem.what, &work)
            giveUp(instance.revision, of: path.deployment, problem, &work)
        } else if delay == .zero {
            let waiting = InstanceState.waiting(Waiting(reservation: reservation))
            turn(path, to: waiting, because: "\(cause); started again at once", &work)
        } else {
            let until = BackingOff(reservation: reservation, until: work.now + delay)
            let wait = "started again in \(delay.wholeMilliseconds) ms"
            turn(path, to: .backingOff(until), because: "\(cause); \(wait)", &work)
        }
    }

    private mutating func dropStray(_ run: Run, _ work: inout Deliberation) {
        noteNumber(of: run)
        let count = strays.count
        strays.removeAll { $0.run == run }
        if strays.count != count { work.noteChange() }
    }

    /// Changes what is known of an instance's process, whatever its state.
    mutating func changeLive(_ path: InstancePath, _ body: (inout LiveRun) -> Void) {
        switch self[path].state {
        case .starting(var state):
            body(&state.live)
            self[path].state = .starting(state)
        case .comparing(var state):
            body(&state.live)
            self[path].state = .comparing(state)
        case .serving(var state):
            body(&state.live)
            self[path].state = .serving(state)
        case .draining(var state):
            body(&state.live)
            self[path].state = .draining(state)
        case .stopping(var state):
            body(&state.live)
            self[path].state = .stopping(state)
        case .waiting, .backingOff, .failed:
            break
        }
    }
}
