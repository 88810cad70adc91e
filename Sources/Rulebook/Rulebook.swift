// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Every decision about instances: which to start, end, drain, restart and route to.
///
/// A value. It is handed events and moments, never looks at a clock, throws nothing, waits for
/// nothing, and gives the same decision for the same history. Whoever holds it carries the effects
/// out and hands back what came of them.
///
/// ```
/// var rulebook = Rulebook(parts that were kept)
/// for each event, the first of them .began(nodes: names) {
///     let proposal = rulebook.consider(event, at: clock.now)
///     // Durable before visible. What was requested and cannot be made durable is refused: the
///     // proposal is forgotten. What was observed is acted on even then.
///     commit(rulebook.changes(by: proposal), proposal.decision)
///     rulebook.accept(proposal)
///     perform(proposal.decision.effects)
///     wake at rulebook.nextDeadline with .tick
/// }
/// ```
///
/// **Steering.** An event only changes what is known. Then what is wanted is compared with what is
/// held, and the next safe steps follow, until nothing more is to be done. No decision depends on a
/// script, so there is no place in it to lose: recovery is the same path as everything else.
///
/// **Memory.** The whole value is kept in pieces (`RulebookPart`), of which a decision changes few
/// (`RulebookChanges`); they bring it back. A life of
/// the supervisor starts with `began`, from which nothing is believed about nodes and gateway until
/// they have spoken.
public struct Rulebook: Codable, Equatable, Sendable {
    /// In order of key.
    package internal(set) var deployments: [Deployment] = []
    /// What was declared of endpoints, in order of name.
    var traffic: [TrafficDeclaration] = []
    /// In order of name.
    var nodes: [Node] = []
    var gateway = Gateway()
    package internal(set) var capacity = Capacity()
    var strays: [Stray] = []
    var departed = Departed()
    /// Whether the server is shutting down.
    var isLeaving = false
    var hasSaidFarewell = false
    var workings = Workings()

    private enum CodingKeys: CodingKey {
        case deployments, traffic, nodes, gateway, capacity, strays, departed
        case isLeaving, hasSaidFarewell
    }

    /// A rulebook that knows of nothing.
    public init() {}

    /// Takes note of what happened and says what to do.
    ///
    /// Shape: `now` never goes back within a life of the supervisor.
    public mutating func decide(_ event: Event, at now: Moment) -> Decision {
        decide(event, at: now, by: .standard)
    }

    /// The same by another policy: for the simulation, which plants bugs this way.
    package mutating func decide(_ event: Event, at now: Moment, by policy: Policy) -> Decision {
        let proposal = consider(event, at: now, by: policy)
        accept(proposal)
        return proposal.decision
    }

    /// Decides by looking at everything that is known.
    mutating func decideOnAll(_ event: Event, at now: Moment, by policy: Policy) -> Decision {
        var work = Deliberation(event, at: now, by: policy)
        workings = Workings()
        note(event, &work)
        if !work.isRefused { steer(&work) }
        return work.decision
    }

    private mutating func note(_ event: Event, _ work: inout Deliberation) {
        switch event {
        case .began(let names): begin(names, &work)
        case .declared(let declaration): declare(declaration, &work)
        case .withdrawn(let key): withdrawAlone(key, &work)
        case .trafficDeclared(let traffic): declareTraffic(traffic, &work)
        case .endpointWithdrawn(let endpoint): withdrawEndpoint(endpoint, &work)
        case .rolloutPaused(let key): pause(key, &work)
        case .rolloutResumed(let key): resume(key, &work)
        case .rolloutUndone(let key): undo(key, &work)
        case .nodeDrained(let name): drain(name, &work)
        case .nodeUndrained(let name): undrain(name, &work)
        case .answered(let key, let revision, let answers, let failures):
            let tally = AnswerTally(answers: answers, failures: failures)
            noteAnswered(key, revision, tally, &work)
        case .prepared(let key, let revision): notePrepared(key, revision)
        case .preparationFailed(let key, let revision, let problem):
            notePreparationFailed(key, revision, problem, &work)
        case .nodeSized(let name, let millicores): noteSize(of: name, millicores, &work)
        case .nodeJoined(let inventory): noteJoined(inventory, &work)
        case .nodeLost(let name): noteLost(name, &work)
        case .nodeSilent(let name): noteSilent(name, &work)
        case .nodeHeard(let name): noteHeard(name, &work)
        case .nodeRefused(let run, let problem): noteRefused(run, problem, &work)
        case .spawned(let run, let pid): noteSpawned(run, pid: pid, &work)
        case .ready(let run): noteReady(run, &work)
        case .startFailed(let run, let text): noteStartFailed(run, text, &work)
        case .exited(let run, let report): noteExited(run, report, &work)
        case .ejected(let run, let reason): noteEjected(run, reason, &work)
        case .probed(let run, let kind, let succeeded): noteProbed(run, kind, succeeded, &work)
        case .compared(let key, let revision, let found): noteCompared(key, revision, found, &work)
        case .drained(let run): noteDrained(run, &work)
        case .gatewayJoined(let lanes): noteGatewayJoined(lanes, &work)
        case .gatewayLost: noteGatewayLost(&work)
        case .tick: break
        case .leave: leave(&work)
        }
    }
}
