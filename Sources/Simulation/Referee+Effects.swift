// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What the rulebook does, judged effect by effect.
extension Referee {
    /// Judges a decision; `noteDelivered` has been called with its event.
    ///
    /// Shape: `settlement` is the run whose lane must be settled, `restart` the one that must be
    /// followed at once.
    mutating func judge(_ decision: Decision, settlement: Run?, restart: Run?) {
        if case .rolloutUndone(let key) = decision.event, let refusal = decision.refusal {
            judgeRefusedUndo(key, refusal)
        }
        if decision.refusal != nil {
            check(.refusalChangesNothing, decision.effects.isEmpty && decision.turns.isEmpty) {
                "a refused request led to \(decision.effects)"
            }
            return
        }
        for turn in decision.turns where turn.state == .gone || turn.state == .failed {
            held[turn.instance] = nil
        }
        judgeOrder(decision)
        for effect in decision.effects { judge(effect) }
        if let settlement {
            let isSettled = decision.effects.contains(.closeLane(settlement))
            check(.endedIsSettled, isSettled) { "\(settlement) ended and its lane was left" }
        }
        if let restart {
            let isFollowed = decision.effects.contains { effect in
                guard case .spawn(let run, _, _) = effect else { return false }
                return run.instance == restart.instance && run.incarnation > restart.incarnation
            }
            check(.firstDeathAtOnce, isFollowed) { "\(restart) died and nothing took its place" }
        }
    }

    private mutating func check(_ sentence: Sentence, _ holds: Bool, _ what: () -> String) {
        check(sentence, holds, what())
    }

    private mutating func judge(_ effect: Effect) {
        switch effect {
        case .spawn(let run, let node, let revision):
            judgePresence(of: node, effect)
            judgeSpawn(run, node, revision)
        case .end(let run, let node):
            judgePresence(of: node, effect)
            dismissed.insert(run)
        case .openLane(let run, let node, _):
            judgePresence(of: node, effect)
            check(.lanesToProcesses, known.contains(run)) { "\(run) has no process yet" }
            lanes.insert(run)
        case .closeLane(let run):
            lanes.remove(run)
            forgetReady { $0 == run }
        case .drain(let run):
            let isRouted = (routed[run.instance.key] ?? []).contains(run)
            check(.unroutedBeforeDrained, !isRouted) { "\(run) is drained and still routed to" }
            dismissed.insert(run)
        case .publish(let endpoint):
            let keys = endpoint.deployments.map(\.key)
            forgetRoutes { $0.endpoint == endpoint.endpoint && !keys.contains($0) }
            judgeShares(of: endpoint)
            for deployment in endpoint.deployments { judgeRoute(deployment) }
        case .unpublish(let name):
            forgetRoutes { $0.endpoint == name }
        case .discard(let key, let revision):
            judgeDiscard(key, revision)
        case .compare(let run, let revision, _, _): noteCompares(run.instance.key, revision)
        case .probe(let run, let kind, _): noteAsked(run, kind)
        case .prepare, .startNode, .startGateway, .retireGateway, .farewell, .notice:
            break
        }
    }

    private mutating func forgetRoutes(_ isGone: (DeploymentKey) -> Bool) {
        routed = routed.filter { !isGone($0.key) }
    }

    private mutating func judgePresence(of node: NodeName, _ effect: Effect) {
        check(.ordersToPresent, joined.contains(node)) { "\(effect) while \(node) is not there" }
        if silent.isEmpty { return }
        if case .openLane = effect { return }
        check(.silentGetsNothing, !silent.contains(node)) { "\(effect), which answers nothing" }
    }

    private mutating func judgeSpawn(_ run: Run, _ node: NodeName, _ revision: Revision) {
        let key = run.instance.key
        let twin = processes.first { $0.run.instance == run.instance }
        check(.noInstanceDoubled, twin == nil) {
            "\(run) is spawned on \(node) while \(twin.map { "\($0.run)" } ?? "") lives"
        }
        let isEveryoneHeard = isGatewayHeard && heard.count == shares.count
        check(.heardFirst, isEveryoneHeard) { "\(run) is spawned, and not everyone has spoken" }
        check(.noRunTwice, !spawned.contains(run)) { "\(run) was spawned before" }
        check(.onlyPrepared, version(key, revision)?.isPrepared == true) {
            "\(run) of \(revision), which is not prepared"
        }
        processes.append(Process(run: run, node: node, revision: revision))
        spawned.insert(run)
        strangers.remove(run)
        ended.remove(run)
        answered.remove(run)
        dismissed.remove(run)
        lastStart = now
        revisions[run] = revision
        nodes[run] = node

        if run.incarnation == 1 { judgeFirstStart(run, revision) }
        let isNew = held.updateValue(revision, forKey: run.instance) == nil
        // One that comes back by an old memory is not new: it had its place in a larger count.
        if isNew, run.incarnation == 1 {
            let count = held.count { $0.key.key == key }
            let wanted = inPlay(key).map(\.declaration.instances)
            let limit = wanted.map { $0 + ($0 + 4) / 5 }.max() ?? 0
            check(.neverAbove, count <= limit) { "\(count) of \(key) held, \(limit) allowed" }
        }
        let starts = records[run.instance]?.unreadyDeaths ?? 0
        let isProven = version(key, revision)?.hasServed == true
        check(.hopelessGivenUp, starts < 5 || isProven) {
            "\(run) follows \(starts) starts in vain"
        }
        judgeDrain(of: node, run)
        judgeLoad(of: node)
        judgeWait(of: run)
    }

    /// A place on a drained node is taken only where no other node could have given one.
    private mutating func judgeDrain(of node: NodeName, _ run: Run) {
        guard drained.contains(node) else { return check(.drainedGetsNothing, true) { "" } }
        let others = joined.contains { !drained.contains($0) && !silent.contains($0) }
        check(.drainedGetsNothing, !takesNothing(run.instance.key) || !others) {
            "\(run) is started on \(node), which is drained"
        }
    }

    /// Whether any node has room for an instance of the deployment, whatever else it holds.
    func takesNothing(_ key: DeploymentKey) -> Bool {
        (versions[key] ?? []).allSatisfy { $0.declaration.instanceType.millicores == 0 }
    }

    private mutating func judgeLoad(of node: NodeName) {
        var millicores = 0
        for process in processes where process.node == node {
            let type = version(process.run.instance.key, process.revision)?.declaration.instanceType
            millicores += type?.millicores ?? 0
        }
        let share = shares[node]?.millicores ?? 0
        check(.noNodeExceeded, millicores <= share) {
            "\(millicores) of \(share) millicores taken on \(node)"
        }
    }

    /// 100 ms after the first start that never got ready, doubling to 30 s.
    private mutating func judgeWait(of run: Run) {
        guard let record = records[run.instance], record.unreadyDeaths > 0,
            let death = record.lastDeath
        else { return }
        let doublings = min(record.unreadyDeaths - 1, 9)
        let least = min(Duration.seconds(30), .milliseconds(100) * (1 << doublings))
        let wait = now - death
        check(.waitsKept, wait >= least) {
            "\(run) starts \(wait) after its \(record.unreadyDeaths). start in vain"
        }
    }

    private mutating func judgeDiscard(_ key: DeploymentKey, _ revision: Revision) {
        let isRunning = processes.contains {
            $0.run.instance.key == key && $0.revision == revision
        }
        let newest = versions[key]?.last
        // Given up or not: it is listed, and may be tried again.
        let isWanted = newest?.declaration.revision == revision && !withdrawn.contains(key)
        check(.usedIsKept, !isRunning && !isWanted) { "\(revision) of \(key) is in use" }
    }

    private mutating func judgeRoute(_ deployment: PublishedDeployment) {
        let key = deployment.key
        for run in deployment.runs {
            check(.routesOnlyToReady, ready.contains(run)) { "a route leads to \(run)" }
        }
        judgeCompared(deployment)
        noteStanding(key, deployment.revision)
        judgeUnwell(deployment)
        let before = routed[key] ?? []
        routed[key] = deployment.runs
        for run in deployment.runs { noteRouted(run) }
        // Left out though the gateway could still bind requests to it: that is our own act.
        let dropped = before.filter {
            ready.contains($0) && !deployment.runs.contains($0) && !mayBeLeftOut($0)
        }
        if rollouts.paused[key] != nil, !isLeaving {
            // What is rolled in may fail meanwhile, and goes.
            let newest = versions[key]?.last?.declaration.revision
            let stood = dropped.filter { run in
                nodes[run].map(drained.contains) != true && revisions[run] != newest
            }
            check(.pausedStands, stood.isEmpty) { "\(stood) are taken out of the route" }
        }
        guard let first = dropped.first, !isLeaving, !withdrawn.contains(key) else { return }
        let serving = deployment.runs.count { ready.contains($0) }
        // What is gone back to may have been declared smaller, and hold nothing yet.
        let judged = rollouts.returned.contains(key) ? versions[key] ?? [] : inPlay(key)
        let floor = judged.map(\.declaration.instances).min() ?? 0
        check(.neverBelow, serving >= floor) {
            "\(first) is taken out of the route, which leaves \(serving) of \(floor)"
        }
        let fresh = deployment.runs.filter { !before.contains($0) }
        judgeDisplacement(key, dropped: dropped, staying: deployment.runs, fresh: fresh)
    }

    private mutating func judgeDisplacement(
        _ key: DeploymentKey,
        dropped: [Run],
        staying: [Run],
        fresh: [Run]
    ) {
        guard let newest = versions[key]?.last, !newest.hasServed,
            !rollouts.returned.contains(key)
        else { return }
        for run in dropped {
            guard let revision = revisions[run], version(key, revision) != nil else { continue }
            let peers = staying.count { revisions[$0] == revision }
            // Of what came after it and has served, fewer may be wanted.
            let wanted = (versions[key] ?? []).filter {
                let other = $0.declaration.revision
                return other == revision || (other > revision && $0.hasServed)
            }
            let isSurplus = wanted.contains { peers >= $0.declaration.instances }
            // By another revision, or by one of its own that came for it.
            let isReplaced =
                staying.contains { revisions[$0] != revision }
                || fresh.contains { revisions[$0] == revision }
            check(.unprovenDisplacesNothing, isSurplus || isReplaced) {
                "\(run) goes for \(newest.declaration.revision), which never served"
            }
        }
    }
}
