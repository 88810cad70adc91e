// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rulebook
import Vocabulary

/// The supervisor's loop, with the ways in which it can fail.
extension SimulatedWorld {
    mutating func startSupervisor() {
        guard rulebook == nil else { return }
        rulebook = remembered()
        deliver(.began(nodes: nodes.map(\.name)))
        for node in nodes { deliver(.nodeSized(node.name, millicores: node.share.millicores)) }
    }

    /// What was written down, through the form in which it is kept.
    private mutating func remembered() -> Rulebook? {
        do {
            let bytes = try durable.values.map { try JSONEncoder().encode($0) }
            return Rulebook(
                try bytes.map { try JSONDecoder().decode(RulebookPart.self, from: $0) }
            )
        } catch {
            referee.check(.converges, false, "what was kept cannot be read back: \(error)")
            return nil
        }
    }

    /// Writes what has changed to what is kept.
    private mutating func write() {
        for change in unwritten.all { durable[change.id] = change.part }
        unwritten = RulebookChanges()
    }

    /// Looks whether all that was written down, piece by piece, is what was known.
    private mutating func judgeMemory(of rulebook: Rulebook) {
        guard !isMemoryOld, let remembered = remembered() else { return }
        referee.check(
            .keptIsKnown,
            remembered == rulebook,
            "what is kept is \(remembered), what was known is \(rulebook)"
        )
    }

    mutating func deliver(_ event: Event) {
        guard var rulebook else { return }
        let expectations = expectations(of: event)
        referee.noteDelivered(event)
        let proposal = rulebook.consider(event, at: now, by: policy)
        let decision = proposal.decision
        decisions += 1
        fingerprint.add(decision)
        tell(decision)
        // What was asked for and cannot be written down is refused, and nothing has happened.
        if isDiskFull, event.isRequested, decision.refusal == nil { return }
        judge(proposal, on: event, of: rulebook)
        unwritten.add(rulebook.changes(by: proposal, policy))
        rulebook.accept(proposal)
        self.rulebook = rulebook
        if decision.refusal == nil { referee.noteGranted(event) }
        referee.judge(
            decision,
            settlement: expectations.settlement,
            restart: expectations.restart
        )
        referee.check(
            .noTickInThePast,
            rulebook.nextDeadline.map { $0 > now } ?? true,
            "a tick is due after \(event)"
        )
        let runs = decision.effects.compactMap { effect -> Run? in
            if case .spawn(let run, _, _) = effect { run } else { nil }
        }
        if isDiskFull {
            undurable += runs
            isMemoryOld = true
        } else {
            write()
            undurable = []
            isMemoryOld = false
        }
        act(on: decision.effects)
    }

    /// Looks whether another way of deciding comes to the same: that of looking at everything.
    private mutating func judge(_ proposal: Proposal, on event: Event, of rulebook: Rulebook) {
        guard decidesTwice, !proposal.isOfAll else { return }
        var (some, all) = (rulebook, rulebook)
        let whole = rulebook.considerAll(event, at: now, by: policy)
        some.accept(proposal)
        all.accept(whole)
        referee.check(
            .scopeSuffices,
            proposal.decision == whole.decision && some == all
                && some.nextDeadline == all.nextDeadline && some.watched == all.watched,
            "\(event): \(proposal.decision), and not \(whole.decision); otherwise known would be "
                + "\(some.changes(by: whole).all)"
        )
    }

    private func tell(_ decision: Decision) {
        guard let telling, !decision.isEmpty else { return }
        telling("\(Double(now.nanoseconds) / 1e9) s: \(decision.event)")
        if let refusal = decision.refusal { telling("    refused: \(refusal)") }
        for turn in decision.turns {
            telling("    \(turn.instance) is \(turn.state.rawValue): \(turn.reason)")
        }
        for step in decision.steps { telling("    -> \(step.effect): \(step.reason)") }
    }

    func tellStatus() {
        guard let telling, let status = rulebook?.status else { return }
        telling("\(Double(now.nanoseconds) / 1e9) s: the faults have stopped long ago")
        for node in status.nodes {
            telling("    \(node.name): \(node.reservedMillicores) millicores reserved")
        }
        for deployment in status.deployments {
            telling("    \(deployment.key) is \(deployment.state.rawValue): \(deployment.sentence)")
        }
    }

    private mutating func act(on effects: [Effect]) {
        var effects = effects
        // Most is to be learnt from a death after which the world is ahead of the last snapshot.
        let isLast = faults.supervisorDeaths && random.chance(1, in: isDiskFull ? 30 : 150)
        if isLast {
            let done = random.number(0...effects.count)
            for effect in effects[done...] {
                if case .spawn(let run, _, _) = effect { referee.noteEnded(run) }
            }
            effects.removeSubrange(done...)
        }
        for effect in effects { perform(effect) }
        if isLast { killSupervisor() }
    }

    /// What the referee will look for in the decision on this event.
    private func expectations(of event: Event) -> (settlement: Run?, restart: Run?) {
        let run: Run
        var isSudden = false
        switch event {
        case .exited(let exited, let report):
            run = exited
            isSudden = report.cause != .lost
        case .nodeRefused(let refused, _): run = refused
        default: return (nil, nil)
        }
        guard referee.spawned.contains(run), !referee.ended.contains(run) else { return (nil, nil) }
        let owes = referee.isGatewayJoined && referee.lanes.contains(run)
        let isAtOnce = isSudden && referee.expectsRestart(of: run, nodes: nodes.map(\.name))
        return (owes ? run : nil, isAtOnce ? run : nil)
    }

    mutating func killSupervisor() {
        if let rulebook { judgeMemory(of: rulebook) }
        unwritten = RulebookChanges()
        rulebook = nil
        life += 1
        for node in nodes.indices { disconnect(node) }
        disconnectGateway()
        referee.noteSupervisorDied(forgetting: undurable, isMemoryOld: isMemoryOld)
        isMemoryOld = false
        undurable = []
        plan(.supervisorReturns, in: random.milliseconds(5...3_000))
    }

    /// Hands an effect to whoever carries it out.
    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .spawn(_, let node, _), .end(_, let node):
            guard let index = nodes.firstIndex(where: { $0.name == node }) else { return }
            send(effect, to: index)
        case .openLane, .probe, .compare, .drain, .closeLane, .publish, .unpublish, .retireGateway:
            sendToGateway(effect)
        case .prepare(let key, let revision):
            let fails = faults.failedPreparations && random.chance(1, in: 4)
            let problem = Problem(.failed, code: "build", what: "cannot build its environment")
            let event: Event =
                fails
                ? .preparationFailed(key, revision, problem) : .prepared(key, revision)
            plan(.result(event, life: life), in: random.milliseconds(10...15_000))
        case .startNode(let name):
            guard let index = nodes.firstIndex(where: { $0.name == name }) else { return }
            plan(.reach(node: index, life: life), in: random.milliseconds(1...200))
        case .startGateway:
            plan(.reachGateway(life: life), in: random.milliseconds(1...200))
        case .farewell:
            hasSaidFarewell = true
        case .discard, .notice:
            break
        }
    }
}
