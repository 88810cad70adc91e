// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// The nodes and their scorers.
extension SimulatedWorld {
    /// Says something to the supervisor, in order, and now and then once more.
    mutating func say(_ event: Event, from node: Int) {
        if nodes[node].isStopped { return nodes[node].unsaid.append(event) }
        guard nodes[node].isConnected else {
            if case .exited = event { nodes[node].unheard.append(event) }
            return
        }
        let moment = max(nodes[node].lastWord, now + random.milliseconds(0...15) + lag(of: node))
        nodes[node].lastWord = moment
        let word = Happening.word(event, node: node, connection: nodes[node].connection)
        agenda.plan(word, at: moment)
        if faults.duplicates, random.chance(1, in: 12) {
            agenda.plan(word, at: moment + random.milliseconds(0...4_000))
        }
    }

    mutating func send(_ effect: Effect, to node: Int) {
        guard nodes[node].isGreeted else {
            if case .spawn(let run, _, _) = effect { referee.noteEnded(run) }
            return
        }
        let moment = max(nodes[node].lastOrder, now + random.milliseconds(0...15) + lag(of: node))
        nodes[node].lastOrder = moment
        if case .spawn(let run, _, _) = effect { nodes[node].ordered.append(run) }
        let order = Happening.order(effect, node: node, connection: nodes[node].connection)
        agenda.plan(order, at: moment)
    }

    /// Cuts a connection: what was under way over it is lost in both directions.
    mutating func disconnect(_ node: Int) {
        nodes[node].isConnected = false
        nodes[node].isGreeted = false
        nodes[node].connection += 1
        for run in nodes[node].ordered { referee.noteEnded(run) }
        nodes[node].ordered = []
    }

    /// The supervisor finds a node, or starts it, or makes sure that it is dead.
    mutating func reach(_ node: Int) {
        let fails = faults.nodeLosses && random.chance(1, in: 8)
        if fails {
            killNode(node)
            return deliver(.nodeLost(nodes[node].name))
        }
        nodes[node].isAlive = true
        disconnect(node)
        nodes[node].isConnected = true
        if nodes[node].isStopped { return nodes[node].isGreetingOwed = true }
        greet(node)
    }

    /// Says all that it holds, once for each connection.
    mutating func greet(_ node: Int) {
        for event in nodes[node].unheard { say(event, from: node) }
        nodes[node].unheard = []
        let inventory = NodeInventory(
            name: nodes[node].name,
            millicores: nodes[node].share.millicores,
            memoryBytes: 64 << 30,
            isolation: .limited,
            held: nodes[node].processes.map { HeldProcess(run: $0.run, pid: $0.pid) }
        )
        // A greeting is said once: a second one would be a second connection.
        let moment = max(nodes[node].lastWord, now + random.milliseconds(0...15))
        nodes[node].lastWord = moment
        let word = Happening.word(
            .nodeJoined(inventory),
            node: node,
            connection: nodes[node].connection
        )
        agenda.plan(word, at: moment)
    }

    mutating func killNode(_ node: Int) {
        for process in nodes[node].processes {
            referee.noteEnded(process.run)
            planBrokenLane(of: process.run)
        }
        disconnect(node)
        nodes[node].isAlive = false
        nodes[node].processes = []
        nodes[node].unheard = []
        forgetStop(node)
    }

    mutating func carryOut(_ effect: Effect, on node: Int) {
        switch effect {
        case .spawn(let run, _, let revision):
            nodes[node].ordered.removeAll { $0 == run }
            spawn(run, revision, on: node)
        case .end(let run, _):
            guard let process = nodes[node].processes.first(where: { $0.run == run }) else {
                return say(.exited(run, ExitReport(cause: .lost)), from: node)
            }
            if process.pid == nil { return abandon(run, on: node) }
            if faults.deafness, random.chance(1, in: 3) { return }
            plan(
                .ends(run, node: node, ExitReport(cause: .signalled(9))),
                in: random.milliseconds(0...300)
            )
        default: break
        }
    }

    private mutating func spawn(_ run: Run, _ revision: Revision, on node: Int) {
        if faults.refusals, random.chance(1, in: 12) {
            referee.noteEnded(run)
            let problem = Problem(.failed, code: "spawn", what: "cannot fork")
            return say(.nodeRefused(run, problem), from: node)
        }
        nodes[node].processes.append(SimulatedProcess(run: run))
        guard faults.slowSpawns, random.chance(1, in: 2) else {
            return begin(run, revision, on: node)
        }
        // Its warmed parent has to be made first.
        plan(.spawned(run, revision, node: node), in: random.milliseconds(0...14_000))
    }

    /// Ends a run before it has a process.
    private mutating func abandon(_ run: Run, on node: Int) {
        nodes[node].processes.removeAll { $0.run == run }
        referee.noteEnded(run)
        let problem = Problem(.conflict, code: "endedEarly", what: "it had not started")
        say(.nodeRefused(run, problem), from: node)
    }

    mutating func begin(_ run: Run, _ revision: Revision, on node: Int) {
        guard let index = nodes[node].processes.firstIndex(where: { $0.run == run }) else { return }
        nextPid += 1
        nodes[node].processes[index].pid = nextPid
        say(.spawned(run, pid: nextPid), from: node)
        if broken.contains(name(run.instance.key, revision)) {
            return plan(
                .ends(run, node: node, ExitReport(cause: .exited(status: 3))),
                in: random.milliseconds(20...2_000)
            )
        }
        if faults.crashes, random.chance(1, in: 10) {
            plan(
                .ends(run, node: node, ExitReport(cause: .exited(status: 1))),
                in: random.milliseconds(0...3_000)
            )
        } else if faults.crashes, random.chance(1, in: 5) {
            plan(
                .ends(run, node: node, ExitReport(cause: .signalled(11))),
                in: random.milliseconds(1_000...150_000)
            )
        }
        if faults.slowness, random.chance(1, in: 20) { return }
        let longest = faults.slowness ? 12_000 : 800
        plan(.loads(run, node: node), in: random.milliseconds(30...longest))
    }

    mutating func load(_ run: Run, on node: Int) {
        for index in nodes[node].processes.indices
        where nodes[node].processes[index].run == run {
            nodes[node].processes[index].isLoaded = true
            plan(.sayReady(run, gatewayLife: gateway.life), in: random.milliseconds(0...10))
        }
    }

    mutating func end(_ run: Run, on node: Int, _ report: ExitReport) {
        guard let index = nodes[node].processes.firstIndex(where: { $0.run == run }) else { return }
        // Some say why they cannot start before they leave.
        if report.cause == .exited(status: 3), gateway.lanes.contains(where: { $0.run == run }),
            random.chance(1, in: 2)
        {
            sayAsGateway(.startFailed(run, "ModuleNotFoundError: no module named 'sklearn'"))
        }
        nodes[node].processes.remove(at: index)
        referee.noteEnded(run)
        say(.exited(run, report), from: node)
        planBrokenLane(of: run)
    }

    func process(_ run: Run) -> SimulatedProcess? {
        for node in nodes {
            if let found = node.processes.first(where: { $0.run == run }) { return found }
        }
        return nil
    }

    func name(_ key: DeploymentKey, _ revision: Revision) -> String { "\(key) \(revision)" }
}
