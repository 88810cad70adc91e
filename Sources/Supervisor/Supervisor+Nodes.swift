// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Rulebook
import Vocabulary
import Wire

/// Nodes: finding or starting them, and hearing what they report.
extension Supervisor {
    /// Finds the node where it runs, or starts it, without making the loop wait.
    ///
    /// Shape: `predecessor` is the process of one that leaves.
    func startNode(_ name: NodeName, after predecessor: Int32? = nil) {
        let start = PeerStart(
            program: configuration.program,
            arguments: nodeArguments(name),
            socketPath: configuration.state.nodeSocket(name),
            log: "\(configuration.state.logs)/\(name).log",
            peers: peers,
            predecessor: predecessor
        )
        reach(start) { .nodeReached(name, $0) }
    }

    private func nodeArguments(_ name: NodeName) -> [String] {
        let share = configuration.machine.given.divided(by: configuration.nodes.count)
        let highest = configuration.trial?.highestIsolation ?? .limited
        return [
            "node", "--name", "\(name)", "--socket", configuration.state.nodeSocket(name),
            "--support", configuration.support.path,
            "--millicores", "\(share.millicores)", "--memory", "\(share.memoryBytes)",
            "--orphan-grace", "\(configuration.orphanGrace.components.seconds)",
            "--highest-isolation", highest.rawValue,
        ]
    }

    /// Reaches a peer on a thread that may wait; the outcome comes back through the door.
    func reach(
        _ start: PeerStart,
        as arrival: @escaping @Sendable (Result<PacketSocket, Problem>) -> Inbound
    ) {
        let thread = Thread { [inbox] in
            start.waitForPredecessor()
            if let socket = start.findRunning() {
                // It may be our child from before a handover, which nobody else reaps.
                start.reap(socket.peer)
                inbox.put(arrival(.success(socket)))
                return
            }
            do throws(Problem) {
                inbox.put(arrival(.success(try start.start())))
            } catch {
                inbox.put(arrival(.failure(error)))
            }
        }
        thread.name = "start \(start.arguments.first ?? "")"
        thread.start()
    }

    func nodeReached(_ name: NodeName, _ outcome: Result<PacketSocket, Problem>) {
        switch outcome {
        case .success(let socket):
            let number = nextConnection()
            let connection = PeerConnection<NodeReport>(socket, name: "hear \(name)") {
                [inbox] news in
                inbox.put(.node(name, connection: number, news))
            }
            nodes[name]?.connect(number: number, connection)
            nodes[name]?.restarts += 1
        case .failure(let problem):
            logger.error("node not reached", metadata: ["node": "\(name)", "why": "\(problem)"])
            notices.set("\(problem)", for: .node(name.text))
            observe(.nodeLost(name))
        }
    }

    func hear(_ name: NodeName, _ connection: Int, _ news: PeerConnection<NodeReport>.News) {
        guard nodes[name]?.number == connection else { return }
        switch news {
        case .report(let report, let descriptors):
            if nodes[name]?.watch.hear() == true { observe(.nodeHeard(name)) }
            hear(name, report, descriptors)
        case .ended(let why):
            if let post = nodes[name], post.isReplaced, !isLeaving {
                nodes[name]?.disconnect()
                return startNode(name, after: post.connection?.pid)
            }
            logger.warning("node lost", metadata: ["node": "\(name)", "why": "\(why)"])
            nodes[name]?.disconnect()
            observe(.nodeLost(name))
            forgetTheDead()
        }
    }

    /// Lets go of what was kept for runs that can have no process any more, sockets included.
    private func forgetTheDead() {
        held = held.filter { rulebook.mayBeAlive($0.key) }
        lanes = lanes.filter { rulebook.mayBeAlive($0.key) }
        revisions = revisions.filter { rulebook.mayBeAlive($0.key) }
        facts = facts.filter { rulebook.mayBeAlive($0.key) }
        metrics = metrics.filter { rulebook.mayBeAlive($0.key) }
        patientStarts.keep { rulebook.mayBeAlive($0) }
    }

    private func hear(_ name: NodeName, _ report: NodeReport, _ descriptors: [Descriptor]) {
        if let inventory = nodes[name]?.hear(report) {
            notices.set(nil, for: .node(name.text))
            if inventory.held.isEmpty, isOlder(nodes[name]?.hello?.program) {
                return replaceNode(name, nodes[name]?.hello?.program)
            }
            // What waits to be spawned there was decided about an earlier connection.
            awaitingEnvironment = awaitingEnvironment.filter { $0.value != name }
            observe(.nodeJoined(inventory))
            // What was said on an earlier connection may not have arrived.
            for run in patientStarts.waiting where rulebook.node(of: run) == name { tellReady(run) }
            return
        }
        switch report {
        case .holding(let run):
            held[run.run] = run
        case .spawned(let run):
            held[run.run] = run
            lanes[run.run] = descriptors.first
            observe(.spawned(run.run, pid: run.pid))
        case .inFull(let run):
            hearInFull(run)
        case .refused(let run, let problem):
            _ = patientStarts.end(run)
            observe(.nodeRefused(run, problem))
        case .exited(let run, let report):
            held[run] = nil
            _ = patientStarts.end(run)
            lanes[run] = nil
            facts[run] = nil
            metrics[run] = nil
            let words = LastWords(revision: revisions[run], lines: report.lastLines)
            keep(words, of: run.instance.key)
            logger.info(
                "scorer ended",
                metadata: ["instance": "\(run.instance)", "how": "\(report)"]
            )
            observe(.exited(run, report))
            forgetTheDead()
        case .lane(let run):
            lanes[run] = descriptors.first
            sendLane(run)
        case .notice(let text):
            guard !text.isEmpty else { return notices.set(nil, for: .node(name.text)) }
            logger.notice("node", metadata: ["node": "\(name)", "notice": "\(text)"])
            notices.set("\(name): \(text)", for: .node(name.text))
        case .hello, .starting, .helloEnd, .here:
            break
        }
    }

    // MARK: - Silence

    /// Looks at the nodes again and again, until it is cancelled.
    func watchNodes() -> Task<Void, Never> {
        Task { [inbox] in
            while (try? await Task.sleep(for: NodeWatch.interval)) != nil { inbox.put(.look) }
        }
    }

    func lookAtNodes() {
        for name in configuration.nodes {
            guard let joined = nodes[name]?.joined, nodes[name]?.hello?.answers == true,
                let step = nodes[name]?.watch.look()
            else { continue }
            switch step {
            case .nothing: continue
            case .ask: _ = joined.send(NodeOrder.ask)
            case .isSilent:
                logger.warning("node silent", metadata: ["node": "\(name)"])
                // Nobody to wait for: what can answer shall.
                for run in patientStarts.waiting where rulebook.node(of: run) == name {
                    hearInFull(run)
                }
                observe(.nodeSilent(name))
            }
        }
    }
}
