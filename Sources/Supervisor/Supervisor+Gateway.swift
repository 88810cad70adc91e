// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Logging
import Rulebook
import Vocabulary
import Wire

/// The gateway: finding or starting it, its sockets, lanes and routes, and what it reports.
extension Supervisor {
    /// Finds the gateway where it runs, or starts it, without making the loop wait.
    ///
    /// Shape: `predecessor` is the process of one that leaves.
    func startGateway(after predecessor: Int32? = nil) {
        var arguments = [
            "gateway", "--socket", configuration.state.gatewaySocket,
            "--orphan-grace", "\(configuration.orphanGrace.components.seconds)",
        ]
        if let user = configuration.gatewayUser { arguments += ["--user", "\(user)"] }
        let start = PeerStart(
            program: configuration.program,
            arguments: arguments,
            socketPath: configuration.state.gatewaySocket,
            log: "\(configuration.state.logs)/gateway.log",
            peers: peers,
            predecessor: predecessor
        )
        reach(start) { .gatewayReached($0) }
    }

    func gatewayReached(_ outcome: Result<PacketSocket, Problem>) {
        switch outcome {
        case .success(let socket):
            let number = nextConnection()
            let connection = PeerConnection<GatewayReport>(socket, name: "hear gateway") {
                [inbox] news in
                inbox.put(.gateway(connection: number, news))
            }
            gateway.connect(number: number, connection)
            gateway.restarts += 1
        case .failure(let problem):
            logger.error("gateway not reached", metadata: ["why": "\(problem)"])
            observe(.gatewayLost)
        }
    }

    func hearGateway(_ connection: Int, _ news: PeerConnection<GatewayReport>.News) {
        guard gateway.number == connection else { return }
        switch news {
        case .report(let report, let descriptors):
            if let greeting = gateway.hear(report, descriptors) {
                meet(greeting)
            } else {
                hear(report)
            }
        case .ended(let why):
            let isExpected = isLeaving || gateway.isReplaced
            logger.log(
                level: isExpected ? .info : .warning,
                isExpected ? "gateway gone" : "gateway lost",
                metadata: ["why": "\(why)"]
            )
            let predecessor = gateway.isReplaced ? gateway.connection?.pid : nil
            gateway.disconnect()
            gateway.questions.releaseAll()
            statistics.forgetArriving()
            meter.forget()
            comparisons.forget()
            // That was our wish, and no death that the next start has to wait for.
            if let predecessor, !isLeaving { return startGateway(after: predecessor) }
            observe(.gatewayLost)
        }
    }

    /// Gives a gateway the listening sockets that it lacks, then lets the rulebook know of it.
    private func meet(_ greeting: GatewayPost.Greeting) {
        listeners.adopt(greeting.listeners)
        do throws(Problem) {
            try listeners.bindRest()
        } catch {
            // Only a gateway that outlived its supervisor gets here with sockets unbound.
            logger.error("cannot listen", metadata: ["why": "\(error)"])
            notices.set("\(error)", for: .exposure)
        }
        let wanted = listeners.bound
        if greeting.listeners.keys.contains(where: { held in
            !wanted.contains { $0.listener == held }
        }) {
            // It listens where nobody asked for any more: a new one listens where we want.
            _ = gateway.connection?.send(GatewayOrder.leave(graceMilliseconds: 5_000))
            return
        }
        if isOlder(greeting.program) { return replaceGateway(greeting.program) }
        for lane in greeting.lanes where lane.isReady { tellReady(lane.run) }
        observe(.gatewayJoined(greeting.lanes))
        // The routes went first: whoever was waiting at the port finds its endpoint.
        for (listener, socket) in wanted where greeting.listeners[listener] == nil {
            _ = gateway.connection?.send(GatewayOrder.listen(listener), with: [socket])
        }
    }

    private func hear(_ report: GatewayReport) {
        switch report {
        case .ready(let run):
            logger.info("scorer ready", metadata: ["instance": "\(run.instance)"])
            hearReady(run)
        case .startFailed(let run, let text):
            observe(.startFailed(run, text))
        case .told(let run, let text): note(text, of: run)
        case .metrics(let run, let published):
            if rulebook.mayBeAlive(run) { metrics[run] = published }
        case .ejected(let run, let why):
            logger.warning(
                "lane thrown away",
                metadata: ["instance": "\(run.instance)", "why": "\(why)"]
            )
            observe(.ejected(run, why))
        case .probed(let run, let kind, let isAnswered):
            observe(.probed(run, kind, succeeded: isAnswered))
        case .compared(let tally):
            observe(.compared(tally.run.instance.key, tally.new, RevisionComparison(tally)))
        case .drained(let run):
            observe(.drained(run))
        case .statistics(let counters):
            statistics.hear(counters)
        case .answers(let key, let counters):
            hear(key, counters)
        case .statisticsEnd(let id):
            statistics.end()
            gateway.questions.end(id)
        case .comparison(let tally):
            comparisons.hear(tally)
        case .comparisonsEnd(let id):
            comparisons.end()
            gateway.questions.end(id)
        case .hello, .listening, .holding, .helloEnd:
            break
        }
    }

    /// Keeps what a scorer told of its model; what is not understood, or about nobody, is dropped.
    private func note(_ text: String, of run: Run) {
        guard rulebook.mayBeAlive(run),
            let told = try? JSONDecoder().decode(ScorerFacts.self, from: Data(text.utf8))
        else { return }
        if let merging = told.merging, merging.verdict != facts[run]?.merging?.verdict {
            logger.info(
                "merging",
                metadata: [
                    "instance": "\(run.instance)", "verdict": "\(merging.verdict)",
                    "why": "\(merging.why)",
                ]
            )
        }
        facts[run] = told
    }

    /// Hands the gateway its end of a run's lane, if it is here; else the node is asked for it.
    func openLane(_ run: Run, on node: NodeName) {
        if lanes[run] == nil {
            _ = nodes[node]?.joined?.send(NodeOrder.lane(run))
        } else {
            sendLane(run)
        }
    }

    func sendLane(_ run: Run) {
        guard let revision = revisions[run],
            let document = shelf.document(run.instance.key, revision),
            let socket = lanes.removeValue(forKey: run)
        else { return }
        let order = LaneOrder(
            run: run,
            revision: revision,
            calls: document.callsAtOnce,
            ahead: document.ahead,
            aheadOfShared: document.aheadOfShared,
            isOnGatewayCore: document.settings.isOnGatewayCore
        )
        _ = gateway.joined?.send(GatewayOrder.lane(order), with: [socket])
    }

    /// How the failures of a deployment's models are shown, where its own document says nothing.
    private func statuses(of key: DeploymentKey) -> StatusStyle {
        if let endpoint = endpoints[key.endpoint] { return endpoint.statuses ?? .managed }
        // A folder that was dropped is served as `mlflow models serve` would.
        if case .dropped = shelf.wanted(key)?.origin { return .direct }
        return configuration.statuses
    }

    /// Tells the gateway an endpoint's truth once more: something of it is not the rulebook's.
    func publishAgain(_ name: EndpointName) {
        guard let published = rulebook.published(name) else { return }
        publish(published)
    }

    /// Tells the gateway the whole truth about an endpoint.
    func publish(_ published: PublishedEndpoint) {
        let route = EndpointRoute(
            endpoint: published.endpoint,
            deployments: published.deployments.compactMap { deployment in
                guard let document = shelf.document(deployment.key, deployment.revision) else {
                    logger.error(
                        "a deployment is not served: its document is gone; deploy it again",
                        metadata: [
                            "deployment": "\(deployment.key)",
                            "revision": "\(deployment.revision)",
                        ]
                    )
                    return nil
                }
                return document.route(
                    deployment,
                    statuses: statuses(of: deployment.key),
                    isManaged: endpoints[deployment.key.endpoint] != nil
                )
            },
            comparison: comparison(published)
        )
        _ = gateway.joined?.send(GatewayOrder.route(route))
    }
}
