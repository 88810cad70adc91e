// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import ControlAPI
import EnvironmentBuilder
import Foundation
import Glibc
import Ledger
import Logging
import ModelStore
import Rulebook
import Vocabulary
import Wire

/// The only writer of state and the only decider: one loop, one door.
///
/// Whatever happens arrives in the inbox; the rulebook makes a decision of it; the ledger keeps the
/// decision; then its effects are carried out, each at once, and what comes of them arrives in the
/// inbox again. No request passes through here: killed, the supervisor is missed by nobody, and the
/// next one finds the gateway and the nodes where they were.
///
/// Source: ARCHITECTURE.md, "A change's way".
actor Supervisor {
    let configuration: ServerConfiguration
    let ledger: Ledger
    let store: ModelStore
    let environments: EnvironmentStore
    let logger: Logger
    let inbox = Inbox()
    let peers = Peers()
    let startedAt = Date()

    var rulebook: Rulebook
    /// What of it has changed since something was last written down.
    private var unwritten: RulebookChanges
    var shelf: DocumentShelf
    /// Registered models and environments.
    var assets: AssetShelf
    /// Endpoints that were declared by themselves.
    var endpoints: [EndpointName: EndpointDocument]
    var listeners: Listeners
    var nodes: [NodeName: NodePost]
    var gateway = GatewayPost()
    var lanes: [Run: Descriptor] = [:]
    var held: [Run: HeldRun] = [:]
    var revisions: [Run: Revision] = [:]
    /// What the scorer of each deployment that ended last wrote last: for its operator, never for
    /// its clients.
    var lastWords: [DeploymentKey: LastWords] = [:]
    /// What scorers told of their models.
    var facts: [Run: ScorerFacts] = [:]
    /// What scorers publish of their own work.
    var metrics: [Run: [ScorerMetric]] = [:]
    var awaitingEnvironment: [Run: NodeName] = [:]
    var patientStarts = PatientStarts()
    var builds = BuildBook()
    /// Revisions whose environments are waited for.
    var preparing: [DeploymentKey: [Revision: Task<Void, Never>]] = [:]
    var notices = NoticeBoard()
    var statistics = StatisticsDesk()
    var meter = AnswerMeter()
    var meterTask: Task<Void, Never>?
    var comparisons = ComparisonBoard()
    /// Resolutions that somebody was shown, and may have rolled in.
    var patches = PatchBook()
    private var connections = 0
    private let alarm: Alarm
    private(set) var isLeaving = false
    /// What takes the server over; nothing until somebody wants it.
    private(set) var successor: Successor?
    /// What was found fit to, and waits until that was answered.
    var tried: Successor?
    private var hasSaidFarewell = false
    private var isHurried = false

    init(
        configuration: ServerConfiguration,
        ledger: Ledger,
        store: ModelStore,
        environments: EnvironmentStore,
        listeners: Listeners,
        logger: Logger
    ) throws(Problem) {
        self.configuration = configuration
        self.ledger = ledger
        self.store = store
        self.environments = environments
        self.listeners = listeners
        self.logger = logger
        alarm = Alarm { [inbox] in inbox.put(.alarm) }
        self.shelf = try DocumentShelf(ledger)
        self.assets = try AssetShelf(ledger)
        self.endpoints = try Self.recallEndpoints(ledger)
        self.rulebook = try Self.recall(ledger, logger)
        // Once in each life all is written, so that nothing stays of what was not understood.
        self.unwritten = RulebookChanges(replacingBy: rulebook)
        self.nodes = [:]
        let share = configuration.machine.given.divided(by: configuration.nodes.count)
        for name in configuration.nodes { nodes[name] = NodePost(name: name, share: share) }
        shelf.forget(except: rulebook.revisionsInUse)
    }

    /// The rulebook as the last life left it; a new one where there was none.
    private static func recall(_ ledger: Ledger, _ logger: Logger) throws(Problem) -> Rulebook {
        if let rulebook = try ledger.loadRulebook() { return rulebook }
        // Another version wrote it: what is declared is declared again, and processes that a
        // node still holds match nothing and are ended when it joins.
        logger.warning("the state of an earlier version is not understood")
        return Rulebook()
    }

    /// Runs until everything has been drained and let go, a second wish to leave, or a handover.
    func run() async {
        sweep()
        observe(.began(nodes: configuration.nodes))
        noteSizes()
        declareAgain()
        tryAgain()
        lookForTools()
        recallEnvironments()
        let looks = watchNodes()
        for await inbound in inbox.arrivals {
            take(inbound)
            if hasSaidFarewell || successor != nil { break }
        }
        alarm.set(for: nil, now: now)
        meterTask?.cancel()
        looks.cancel()
        if successor == nil { letGo() }
    }

    /// Removes what an earlier life left behind: copies that no document needs, logs of what is gone,
    /// halves of builds.
    private func sweep() {
        let copies = UnneededCopies(
            (try? store.digests()) ?? [],
            neededBy: shelf.contents.union(assets.contents),
            isAnythingDeclared: shelf.holdsAnything || !assets.isEmpty || !endpoints.isEmpty
        )
        for digest in copies.removed { removeCopy(digest) }
        if let warning = copies.warning(in: configuration.state) {
            logger.warning("copies kept", metadata: ["why": "\(warning)"])
            notices.set(warning, for: .copies)
        }
        configuration.state.removeLogs { shelf.holds($0) }
        Task { [environments, logger] in
            do throws(Problem) {
                for name in try await environments.sweep() {
                    logger.info("half a build removed", metadata: ["folder": "\(name)"])
                }
            } catch {
                logger.warning("half a build not removed", metadata: ["why": "\(error)"])
            }
        }
    }

    /// What is on the shelf and unknown to the rulebook: it was lost with an unreadable snapshot.
    private func declareAgain() {
        let known = rulebook.status.deployments.map(\.key)
        for document in shelf.wanted where !known.contains(document.key) {
            let decision = observe(.declared(document.declaration))
            guard let refusal = decision.refusal else { continue }
            let text = "'\(document.key)' is declared and cannot be served: \(refusal)"
            notices.set(text, for: .drop(document.key.endpoint.text))
        }
        for document in endpoints.values.sorted(by: { $0.name < $1.name })
        where rulebook.traffic(of: document.name) == nil {
            guard let traffic = try? document.declaration() else { continue }
            guard let refusal = observe(.trafficDeclared(traffic)).refusal else { continue }
            let text = "'\(document.name)' cannot share its requests out: \(refusal)"
            notices.set(text, for: .drop(document.name.text))
        }
    }

    /// Tries again what earlier lives gave up: the machine may have been mended since.
    ///
    /// What lies in the models folder is taken up again anyway.
    private func tryAgain() {
        for view in rulebook.status.deployments {
            guard let revision = view.givenUp,
                let document = shelf.document(view.key, revision)
            else { continue }
            if case .dropped = document.origin, configuration.models != nil { continue }
            // What it patched stands; whoever wants the packages all the same patches again.
            if document.patches != nil, view.current != nil { continue }
            if rulebook.staysAway(view.key, revision) { continue }
            do throws(Problem) {
                _ = try declare(document.again(as: nextRevision(of: view.key)))
            } catch {
                let text = "'\(view.key)' cannot be tried again: \(error)"
                notices.set(text, for: .drop(view.key.endpoint.text))
            }
        }
    }

    /// Learns which environments stand from before: what serves already never asks for its own.
    private func recallEnvironments() {
        for document in shelf.wanted + standing {
            guard let definition = document.environment else { continue }
            Task {
                let prospect = try? await environments.prospect(
                    of: definition,
                    python: document.settings.pythonPolicy
                )
                guard let digest = prospect?.digest, let built = environments.load(digest) else {
                    return
                }
                builds.recall(built, of: definition)
            }
        }
    }

    /// Tells early that no environment can be built here.
    private func lookForTools() {
        Task {
            do throws(Problem) {
                try await environments.checkTools()
            } catch {
                // Under `up`, the one model that needs an environment tells it.
                if !configuration.isTemporary {
                    logger.warning("no environment can be built", metadata: ["why": "\(error)"])
                }
                notices.set("\(error)", for: .tools)
            }
        }
    }

    private func take(_ inbound: Inbound) {
        switch inbound {
        case .event(let event): observe(event)
        case .nodeReached(let name, let outcome): nodeReached(name, outcome)
        case .node(let name, let connection, let news): hear(name, connection, news)
        case .gatewayReached(let outcome): gatewayReached(outcome)
        case .gateway(let connection, let news): hearGateway(connection, news)
        case .look:
            lookAtNodes()
            gateway.questions.releaseOverdue(at: now)
        case .alarm:
            alarm.hasRung()
            observe(.tick)
        case .leave: leave()
        case .handOver(let successor):
            logger.notice("handing over", metadata: ["version": "\(successor.version)"])
            self.successor = successor
        }
    }

    private func leave() {
        guard !isLeaving else {
            logger.notice("leaving at once: the gateway, the nodes and their scorers are ended")
            isHurried = true
            hasSaidFarewell = true
            return
        }
        isLeaving = true
        logger.notice("draining")
        observe(.leave)
        // After the order to leave: the gateway accepts nothing more by then.
        listeners.stopListening()
    }

    /// The last effect of a shutdown: nothing is held any more.
    func farewell() {
        hasSaidFarewell = true
    }

    /// Tells nodes and gateway to leave, waits a while until they have, and ends those that have not.
    ///
    /// They remove their sockets as they go, which must be over before the folder is removed; and
    /// whoever waits for us may start another server on the same ports.
    private func letGo() {
        let leaving = peers.close()
        let nodes = configuration.nodes.compactMap { self.nodes[$0]?.connection }
        for node in nodes { _ = node.send(NodeOrder.leave) }
        _ = gateway.connection?.send(GatewayOrder.leave(graceMilliseconds: 0))
        let told = nodes.map(\.pid) + [gateway.connection?.pid].compactMap(\.self)
        for one in leaving where !told.contains(one.pid) { one.askToLeave() }
        let deadline = now + (isHurried ? Self.hurriedPartingLimit : Self.partingLimit)
        for one in leaving where !one.hasEnded(within: deadline - now) {
            logger.warning("ended, for it did not leave", metadata: ["pid": "\(one.pid)"])
            one.kill()
            _ = one.hasEnded(within: Self.hurriedPartingLimit)
        }
        // A gateway that became another user cannot remove its own; one that was ended had no time.
        for socket in configuration.nodes.map(configuration.state.nodeSocket)
            + [configuration.state.gatewaySocket]
        {
            _ = unlink(socket)
        }
    }

    /// How long nodes and gateway may take to leave once nothing is held.
    private static let partingLimit = Duration.seconds(5)
    /// The same when somebody cannot wait: a node needs a moment to end its scorers.
    private static let hurriedPartingLimit = Duration.seconds(1)

    /// The machine's monotonic clock.
    var now: Moment { Moment(nanoseconds: linux_monotonic_nanoseconds()) }

    /// A number that no earlier connection had.
    func nextConnection() -> Int {
        connections += 1
        return connections
    }

    // MARK: - Deciding

    /// Takes a fact: acted upon even where it cannot be written down.
    @discardableResult
    func observe(_ event: Event) -> Decision {
        let proposal = rulebook.consider(event, at: now)
        let decision = proposal.decision
        unwritten.add(rulebook.changes(by: proposal))
        rulebook.accept(proposal)
        if !decision.isEmpty {
            let problem = ledger.record(transaction(for: decision, unwritten, changes: []))
            // What the disk does not take, the ledger keeps.
            unwritten = RulebookChanges()
            notices.set(problem.map { "the journal is kept in memory: \($0)" }, for: .ledger)
        }
        carryOut(decision)
        return decision
    }

    /// Takes a wish: refused where the rulebook says no or it cannot be made durable.
    func request(_ event: Event, changes: [Transaction.Change]) throws(Problem) {
        let proposal = rulebook.consider(event, at: now)
        if let refusal = proposal.decision.refusal { throw refusal }
        var all = unwritten
        all.add(rulebook.changes(by: proposal))
        try ledger.commit(transaction(for: proposal.decision, all, changes: changes))
        unwritten = RulebookChanges()
        rulebook.accept(proposal)
        carryOut(proposal.decision)
    }

    private func transaction(
        for decision: Decision,
        _ state: RulebookChanges,
        changes: [Transaction.Change]
    ) -> Transaction {
        let date = Date()
        return Transaction(
            changes: changes,
            state: StateChange(state),
            journal: JournalText.entries(for: decision, decidedAt: date)
        )
    }

    private func carryOut(_ decision: Decision) {
        for step in decision.steps {
            logger.debug(
                "effect",
                metadata: [
                    "effect": "\(JournalText.sentence(step.effect))", "reason": "\(step.reason)",
                ]
            )
            perform(step.effect, after: decision.event)
        }
        setAlarm()
        watchAnswers()
    }

    private func setAlarm() {
        alarm.set(for: rulebook.nextDeadline, now: now)
    }
}

/// What a scorer wrote last, and which revision it was of: another's failure is not explained by it.
struct LastWords {
    let revision: Revision?
    let lines: [String]
}
