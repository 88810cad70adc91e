// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What happens in the world, and what is told of it.
extension Referee {
    mutating func noteEnded(_ run: Run) {
        processes.removeAll { $0.run == run }
        untold.insert(run)
        if strangers.contains(run) {
            spawned.remove(run)
            held[run.instance] = nil
        }
    }

    /// The supervisor died, and its memory goes back to what was durable.
    mutating func noteSupervisorDied(forgetting undurable: [Run], isMemoryOld: Bool) {
        joined = []
        silent = []
        heard = []
        known = []
        untold = []
        isGatewayJoined = false
        isGatewayHeard = false
        ready = []
        lanes = []
        // What nobody remembers and nothing holds may be numbered again.
        strangers.formUnion(undurable)
        for run in undurable {
            // Its death will say nothing about its instance, should it still be told.
            ended.insert(run)
        }
        for run in strangers where !processes.contains(where: { $0.run == run }) {
            spawned.remove(run)
        }
        rollouts.answers = [:]
        rollouts.baking = []
        probes = [:]
        guard isMemoryOld else { return }
        // What it had drained or ended may be thought to serve.
        dismissed = []
        rollouts.condemned = [:]
        rollouts.undoable = []
        comparisons.forgetDifferences()
        // Whatever was rolled in or undone since it last could write may not be remembered.
        for key in versions.keys { rollouts.wishes[key] = .either }
        // It may remember fewer of an instance's deaths than there were.
        records = records.mapValues { _ in Record(deathsInARow: 1) }
        held = [:]
        for process in processes { held[process.run.instance] = process.revision }
    }

    /// Called with each event before the rulebook sees it.
    mutating func noteDelivered(_ event: Event) {
        switch event {
        case .nodeJoined(let inventory):
            joined.insert(inventory.name)
            silent.remove(inventory.name)
            heard.insert(inventory.name)
            for held in inventory.held where held.pid != nil { known.insert(held.run) }
            let nodes = nodes
            let isGone = { (run: Run) in
                nodes[run] == inventory.name && !inventory.held.contains { $0.run == run }
            }
            forgetReady(isGone)
            untold = untold.filter { !isGone($0) }
        case .nodeLost(let name):
            joined.remove(name)
            silent.remove(name)
            heard.insert(name)
            let nodes = nodes
            forgetReady { nodes[$0] == name }
            untold = untold.filter { nodes[$0] != name }
            // Its runs are gone for all that the rulebook can know: one that turns up again with
            // the node is a stranger, and its end says nothing about the scorer.
            for (run, node) in nodes where node == name { ended.insert(run) }
        case .gatewayJoined(let held):
            isGatewayJoined = true
            isGatewayHeard = true
            lanes = Set(held.map(\.run))
            comparisons.noteEmptied(but: Set(held.map(\.run.instance.key)))
            ready = []
            routed = [:]
            let known = probes
            for lane in held where lane.isReady { noteReady(lane.run) }
            probes = known.filter { ready.contains($0.key) }
        case .gatewayLost:
            comparisons.noteEmptied()
            isGatewayJoined = false
            isGatewayHeard = true
            lanes = []
            ready = []
            routed = [:]
            probes = [:]
        case .nodeSilent(let name): if joined.contains(name) { silent.insert(name) }
        case .nodeHeard(let name): silent.remove(name)
        case .spawned(let run, _): known.insert(run)
        case .ready(let run): noteReady(run)
        case .ejected(let run, _):
            dismissed.insert(run)
            forgetReady { $0 == run }
        case .startFailed(let run, _): dismissed.insert(run)
        case .prepared(let key, let revision): change(key, revision) { $0.isPrepared = true }
        case .preparationFailed(let key, let revision, _):
            noteHopeless(key, revision)
        case .answered(let key, let revision, let answers, let failures):
            let figures = RolloutRecords.Answers(
                moment: now,
                revision: revision,
                count: answers,
                failures: failures
            )
            noteAnswered(key, figures)
        case .compared(let key, let revision, let found): noteCompared(key, revision, found)
        case .probed(let run, let kind, let succeeded): noteProbed(run, kind, succeeded)
        case .leave: isLeaving = true
        case .exited(let run, let report):
            untold.remove(run)
            if report.cause != .lost { noteDeath(run) }
            if strangers.contains(run) { spawned.insert(run) }
            ended.insert(run)
            forgetReady { $0 == run }
        case .nodeRefused(let run, _):
            noteDeath(run)
            ended.insert(run)
        default: break
        }
    }

    /// Called with each granted request.
    mutating func noteGranted(_ event: Event) {
        noteRolloutGranted(event)
        noteTrafficGranted(event)
        switch event {
        case .declared(let declaration):
            withdrawn.remove(declaration.key)
            if version(declaration.key, declaration.revision) == nil {
                versions[declaration.key, default: []].append(
                    Version(declaration: declaration)
                )
            } else {
                change(declaration.key, declaration.revision) { $0.declaration = declaration }
            }
        case .withdrawn(let key):
            withdrawn.insert(key)
        case .endpointWithdrawn(let endpoint):
            withdrawn.formUnion(versions.keys.filter { $0.endpoint == endpoint })
        default: break
        }
    }

    mutating func noteReady(_ run: Run) {
        guard lanes.contains(run) else { return }
        // Each time it is ready its probes begin anew.
        if !ready.contains(run) {
            ready.append(run)
            probes[run] = nil
        }
        answered.insert(run)
        records[run.instance, default: Record()].unreadyDeaths = 0
        records[run.instance, default: Record()].readySince = now
        if let revision = revisions[run] {
            change(run.instance.key, revision) { $0.hasServed = true }
        }
    }

    /// A run serves from its first route on: its answers may have been compared for a while before.
    mutating func noteRouted(_ run: Run) {
        guard records[run.instance]?.routed != run else { return }
        records[run.instance, default: Record()].routed = run
        records[run.instance]?.readySince = now
    }

    mutating func forgetReady(_ isGone: (Run) -> Bool) {
        ready.removeAll(where: isGone)
    }

    /// A death that the rulebook is told of, and that says something about the scorer.
    private mutating func noteDeath(_ run: Run) {
        guard spawned.contains(run), !ended.contains(run) else { return }
        let wasReady = answered.contains(run)
        var record = records[run.instance] ?? Record()
        if let since = record.readySince, now - since >= .seconds(60), wasReady {
            record.deathsInARow = 0
        }
        record.deathsInARow += 1
        record.unreadyDeaths = wasReady ? 0 : record.unreadyDeaths + 1
        record.lastDeath = now
        record.readySince = nil
        records[run.instance] = record
        if wasReady { vainStarts[run.instance] = 0 }
        vainStarts[run.instance, default: 0] += wasReady ? 0 : 1
        if vainStarts[run.instance, default: 0] >= 5, let revision = revisions[run],
            version(run.instance.key, revision)?.hasServed == false
        {
            noteHopeless(run.instance.key, revision)
        }
    }
}
