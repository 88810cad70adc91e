// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A new revision answers what was asked before, and only then what is asked.
extension Rulebook {
    /// Takes what the gateway found.
    mutating func noteCompared(
        _ key: DeploymentKey,
        _ revision: Revision,
        _ found: RevisionComparison,
        _ work: inout Deliberation
    ) {
        guard let index = index(of: key), deployments[index].awaitsComparison(of: revision),
            let rollout = deployments[index].rollout, var comparison = rollout.comparison
        else { return }
        if found.requests == 0, comparison.rule.isRequired, comparison.refill != nil {
            comparison.noteEmpty(at: work.now)
            deployments[index].rollout?.comparison = comparison
            work.noteChange()
            if comparison.isOver { endComparison(index, &work) }
            return
        }
        let verdict = comparison.rule.verdict(on: found, of: rollout.to, with: rollout.from)
        comparison.end(verdict, found)
        deployments[index].rollout?.comparison = comparison
        endComparison(index, &work)
    }

    /// Notes that the gateway is gone, and the requests that it kept with it.
    mutating func noteKeptLost(_ work: inout Deliberation) {
        guard work.policy.heedsEmptied() else { return }
        for index in deployments.indices {
            deployments[index].rollout?.comparison?.noteEmptied(at: work.now)
        }
    }

    /// Has what is compared asked anew by a gateway that joined.
    ///
    /// One that holds no lane of a deployment has kept none of its requests.
    mutating func noteAsked(of lanes: [HeldLane], _ work: inout Deliberation) {
        for index in deployments.indices {
            deployments[index].rollout?.comparison?.underway = nil
            guard !lanes.contains(where: { $0.run.instance.key == deployments[index].key }),
                work.policy.heedsEmptied()
            else { continue }
            deployments[index].rollout?.comparison?.noteEmptied(at: work.now)
        }
    }

    /// Notes that the scorer whose answers are compared died.
    mutating func noteComparedDied(_ run: Run, because cause: String, _ work: inout Deliberation) {
        guard let index = index(of: run.instance.key),
            deployments[index].rollout?.comparison?.underway?.run == run
        else { return }
        noteVain(index, because: cause, &work)
    }

    /// Lets what was compared serve, and has compared what waits for it.
    mutating func steerComparisons(_ work: inout Deliberation) {
        for index in deployments.indices {
            overlook(index, &work)
            for place in deployments[index].instances.indices {
                let path = InstancePath(deployment: index, instance: place)
                guard case .comparing(let comparing) = deployments[index].instances[place].state
                else { continue }
                let revision = self[path].revision
                if deployments[index].awaitsComparison(of: revision) {
                    order(comparing.live.run, of: index, &work)
                } else if deployments[index].isReferenced(revision) {
                    let reason = deployments[index].comparisonSentence ?? "nothing is compared"
                    lease(path, comparing.serving(since: work.now), because: reason, &work)
                }
            }
        }
    }

    /// Has a run asked what was asked before, unless one is being asked.
    private mutating func order(_ run: Run, of index: Int, _ work: inout Deliberation) {
        guard gateway.peer.isJoined, let rollout = deployments[index].rollout,
            let comparison = rollout.comparison, comparison.underway == nil,
            !comparison.isRefilling(at: work.now)
        else { return }
        let until = work.policy.comparisonEnd(work.now)
        deployments[index].rollout?.comparison?.begin(run, until: until, at: work.now)
        work.add(
            .compare(run, of: rollout.to, with: rollout.from, comparison.rule),
            because:
                "run \(run) of \(rollout.to) is ready, and its answers are compared with those "
                + "of \(rollout.from) before it gets requests"
        )
    }

    /// Notices that a comparison takes too long, or that the run that was asked is gone.
    private mutating func overlook(_ index: Int, _ work: inout Deliberation) {
        guard let target = deployments[index].target,
            deployments[index].awaitsComparison(of: target),
            let underway = deployments[index].rollout?.comparison?.underway
        else { return }
        let state = find(underway.run, work.policy).map { self[$0].state.name }
        // One that is being ended is gone soon, and then it is known why.
        if state == .comparing || state == .stopping {
            guard underway.until <= work.now else { return }
            let limit = Timings.comparison.wholeMilliseconds / 1_000
            return noteVain(index, because: "nothing came of it within \(limit) s", &work)
        }
        deployments[index].rollout?.comparison?.underway = nil
        work.noteChange()
    }

    private mutating func noteVain(
        _ index: Int,
        because reason: String,
        _ work: inout Deliberation
    ) {
        deployments[index].rollout?.comparison?.noteVain(because: reason)
        if deployments[index].rollout?.comparison?.isOver == true { endComparison(index, &work) }
        work.noteChange()
    }

    /// Goes on with a rollout whose comparison has ended, or halts it.
    private mutating func endComparison(_ index: Int, _ work: inout Deliberation) {
        guard let rollout = deployments[index].rollout, let comparison = rollout.comparison,
            let sentence = deployments[index].comparisonSentence
        else { return }
        let key = deployments[index].key
        guard !work.policy.halts(comparison.isHalting) else {
            let problem = Problem(
                .failed,
                code: Deployment.Halt.comparison,
                what: sentence,
                remedy:
                    "see 'scorekeeper rollout status \(key)'; where it may differ, allow more by "
                    + "'scorekeeper.rollout.tolerance', or write 'report' for "
                    + "'scorekeeper.rollout.compare'"
            )
            return giveUp(rollout.to, of: index, problem, &work)
        }
        work.add(.notice("\(key): \(sentence)"), because: "the comparison of \(rollout.to) ended")
    }
}
