// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import EnvironmentBuilder
import Foundation
import Logging
import Manifests
import Rulebook
import Vocabulary
import Wire

/// The interpreter of effects: each is carried out at once, and what comes of it arrives as news.
extension Supervisor {
    func perform(_ effect: Effect, after event: Event) {
        switch effect {
        case .prepare(let key, let revision): prepare(key, revision)
        case .discard(let key, let revision): discard(key, revision)
        case .spawn(let run, let node, let revision): spawn(run, on: node, revision)
        case .end(let run, let node): end(run, on: node)
        case .openLane(let run, let node, let revision):
            revisions[run] = revision
            openLane(run, on: node)
        case .probe(let run, let kind, let timeout):
            _ = gateway.joined?.send(
                GatewayOrder.probe(
                    run,
                    kind,
                    timeoutMilliseconds: Int(timeout.wholeMilliseconds)
                )
            )
        case .compare(let run, _, let old, let rule):
            compare(run, with: old, rule)
        case .drain(let run):
            _ = gateway.joined?.send(GatewayOrder.drain(run))
        case .closeLane(let run):
            lanes[run] = nil
            revisions[run] = nil
            _ = gateway.joined?.send(GatewayOrder.end(run, withNode: event.tellsOfLoss))
        case .publish(let published): publish(published)
        case .unpublish(let endpoint):
            _ = gateway.joined?.send(GatewayOrder.unroute(endpoint))
        case .startNode(let name): startNode(name)
        case .startGateway: startGateway()
        case .retireGateway:
            let grace = GatewayOrder.leave(graceMilliseconds: Self.leaveGraceMilliseconds)
            guard gateway.joined?.send(GatewayOrder.last) == true,
                gateway.joined?.send(grace) == true
            else {
                inbox.put(.event(.gatewayLost))
                return
            }
        case .farewell: farewell()
        case .notice(let text):
            logger.notice("rulebook", metadata: ["notice": "\(text)"])
        }
    }

    private static let leaveGraceMilliseconds = 10_000

    // MARK: - Preparing

    private func prepare(_ key: DeploymentKey, _ revision: Revision) {
        guard let document = shelf.document(key, revision) else {
            let problem = Problem(
                .failed,
                code: "noDocument",
                what: "cannot prepare \(key) \(revision): its document is gone from the ledger",
                remedy: "deploy it again"
            )
            inbox.put(.event(.preparationFailed(key, revision, problem)))
            return
        }
        guard let environment = document.environment else {
            inbox.put(.event(.prepared(key, revision)))
            return
        }
        preparing[key, default: [:]][revision] = Task {
            do throws(Problem) {
                _ = try await build(environment, for: document.settings)
                inbox.put(.event(.prepared(key, revision)))
            } catch {
                // Nobody waits for what was discarded meanwhile.
                if Task.isCancelled { return }
                inbox.put(.event(.preparationFailed(key, revision, error)))
            }
            preparing[key]?[revision] = nil
        }
    }

    /// The environment of a definition: at once when it stands, else built; one build however many
    /// ask.
    func build(
        _ definition: EnvironmentDefinition,
        for settings: ServingSettings
    ) async throws(Problem) -> BuiltEnvironment {
        if let environment = builds.built(definition) { return environment }
        builds.step("waiting", of: definition)
        await noteLog(of: definition, for: settings)
        do throws(Problem) {
            let environment = try await environments.build(
                definition,
                python: settings.pythonPolicy
            ) { [weak self] step in
                Task { await self?.note(step, of: definition) }
            }
            builds.end(.success(environment), of: definition)
            notices.set(nil, for: .tools)
            logger.info(
                "environment stands",
                metadata: [
                    "environment": "\(environment.digest.short)",
                    "packages": "\(environment.packages.count)",
                ]
            )
            return environment
        } catch {
            if Task.isCancelled {
                if !shelf.needs(definition) { builds.forget(definition) }
                throw error
            }
            // Its Python may have been fetched meanwhile, and only now has it a name.
            await noteLog(of: definition, for: settings)
            builds.end(.failure(error), of: definition)
            // That there is no tool to build with is told when the server begins.
            if error.code != "noUv" {
                logger.error("environment not built", metadata: ["why": "\(error)"])
            }
            throw error
        }
    }

    /// Keeps where the log of a build is: it is wanted most where nothing comes of the build.
    private func noteLog(
        of definition: EnvironmentDefinition,
        for settings: ServingSettings
    ) async {
        let prospect = try? await environments.prospect(
            of: definition,
            python: settings.pythonPolicy
        )
        guard let digest = prospect?.digest else { return }
        builds.note(log: environments.logPath(of: digest), of: definition)
    }

    private func note(_ step: String, of definition: EnvironmentDefinition) {
        builds.step(step, of: definition)
    }

    /// Removes what nobody needs any more.
    ///
    /// The copy of a model without a revision, and a deployment's logs with its last; ends a build
    /// that nobody waits for, and lets warmed parents go from which nothing more will be forked.
    ///
    /// Environments stay: they are shared by content and cost minutes.
    private func discard(_ key: DeploymentKey, _ revision: Revision) {
        preparing[key]?.removeValue(forKey: revision)?.cancel()
        guard let leftovers = shelf.discard(key, revision) else { return }
        if !shelf.holds(key) {
            lastWords[key] = nil
            configuration.state.removeLogs(of: key)
        }
        for copy in leftovers.unneededCopies { discardUnneeded(copy) }
        guard leftovers.isEnvironmentUnneeded, let environment = leftovers.document.environment
        else { return }
        cool(environment, python: leftovers.document.settings.pythonPolicy)
    }

    private func cool(_ definition: EnvironmentDefinition, python: PythonPolicy) {
        if let environment = builds.built(definition) {
            cool(environment.digest)
            return
        }
        // An earlier life of the supervisor had it built: its digest is found without building.
        Task {
            guard
                let prospect = try? await environments.prospect(of: definition, python: python),
                !shelf.needs(definition)
            else { return }
            cool(prospect.digest)
        }
    }

    private func cool(_ environment: Digest) {
        for name in configuration.nodes {
            let order = NodeOrder.cool(environment: environment.hexadecimal)
            _ = nodes[name]?.joined?.send(order)
        }
    }

    /// Removes a copy here and now: a declaration that comes next must not find it half gone.
    func removeCopy(_ digest: Digest) {
        do throws(Problem) {
            try store.discard(digest)
        } catch {
            logger.warning("copy not removed", metadata: ["why": "\(error)"])
        }
    }

    // MARK: - Runs

    /// Starts a run as soon as its environment is at hand, which it is but after a restart.
    private func spawn(_ run: Run, on node: NodeName, _ revision: Revision) {
        revisions[run] = revision
        guard let document = shelf.document(run.instance.key, revision) else {
            let problem = Problem(
                .failed,
                code: "noDocument",
                what: "cannot start \(run): the document of \(revision) is gone from the ledger",
                remedy: "deploy it again"
            )
            inbox.put(.event(.nodeRefused(run, problem)))
            return
        }
        guard let definition = document.environment else {
            send(SpawnOrder(run, document, nil, in: configuration, store), to: node)
            return
        }
        if let environment = builds.built(definition) {
            send(SpawnOrder(run, document, environment, in: configuration, store), to: node)
            return
        }
        awaitingEnvironment[run] = node
        Task {
            do throws(Problem) {
                let environment = try await build(definition, for: document.settings)
                // It may have been ended while the environment was sought.
                guard awaitingEnvironment.removeValue(forKey: run) != nil else { return }
                let order = SpawnOrder(run, document, environment, in: configuration, store)
                send(order, to: node)
            } catch {
                guard awaitingEnvironment.removeValue(forKey: run) != nil else { return }
                inbox.put(.event(.nodeRefused(run, error)))
            }
        }
    }

    private func send(_ order: SpawnOrder, to node: NodeName) {
        var order = order
        order.givesWay = rulebook.mayWait(order.run)
        if order.givesWay == true, nodes[node]?.hello?.heedsReady == true {
            patientStarts.begin(order.run)
        }
        // Where it cannot be sent the connection is at its end, and the node will be lost or join
        // again without this run: either way the rulebook hears of it.
        _ = nodes[node]?.joined?.send(NodeOrder.spawn(order))
    }

    /// Hears that a run can answer; one that gives way is to count in full before it gets a route.
    func hearReady(_ run: Run) {
        if patientStarts.noteReady(run) { tellReady(run) } else { observe(.ready(run)) }
    }

    /// Hears that a run gives way no longer, or that there is nobody to wait for.
    func hearInFull(_ run: Run) {
        if patientStarts.end(run) { observe(.ready(run)) }
    }

    /// Tells a run's node that it can answer.
    func tellReady(_ run: Run) {
        guard let name = rulebook.node(of: run), let node = nodes[name],
            node.hello?.heedsReady == true
        else { return }
        _ = node.joined?.send(NodeOrder.ready(run))
    }

    private func end(_ run: Run, on node: NodeName) {
        if awaitingEnvironment.removeValue(forKey: run) != nil {
            inbox.put(.event(.exited(run, ExitReport(cause: .lost))))
            return
        }
        _ = nodes[node]?.joined?.send(NodeOrder.end(run))
    }
}

extension Event {
    /// Whether runs that are closed for it ended with their node, and not by anything they did: a
    /// node that joins without them did not see them end.
    fileprivate var tellsOfLoss: Bool {
        switch self {
        case .nodeLost, .nodeJoined: true
        case .exited(_, let report): report.cause == .lost
        default: false
        }
    }
}
