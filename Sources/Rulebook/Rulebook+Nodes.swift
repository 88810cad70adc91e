// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is heard of nodes.
extension Rulebook {
    mutating func noteJoined(_ inventory: NodeInventory, _ work: inout Deliberation) {
        guard let index = nodes.firstIndex(where: { $0.name == inventory.name }) else {
            return work.add(
                .notice("node '\(inventory.name)' joined, but it was not asked for"),
                because: "node '\(inventory.name)' is not one of ours"
            )
        }
        if !capacity.isJoined(inventory.name) { settleIn(inventory.name, work.now) }
        nodes[index].peer.noteJoined(at: work.now)
        nodes[index].isolation = inventory.isolation
        nodes[index].memoryBytes = inventory.memoryBytes
        work.noteChange()
        let total = Demand(millicores: inventory.millicores)
        capacity.note(inventory.name, total: total, isJoined: true)
        adopt(inventory, &work)
        noteStrays(inventory, work)
    }

    /// Learns what a node gives out before it is there: a request need not wait for it to be judged.
    mutating func noteSize(of name: NodeName, _ millicores: Int, _ work: inout Deliberation) {
        guard nodes.contains(where: { $0.name == name }) else { return }
        let total = Demand(millicores: millicores)
        capacity.note(name, total: total, isJoined: capacity.isJoined(name))
        work.noteChange()
    }

    /// Matches what a node holds with what it is believed to hold.
    private mutating func adopt(_ inventory: NodeInventory, _ work: inout Deliberation) {
        // From the last: settling may remove the instance.
        for path in paths.reversed() {
            let instance = self[path]
            guard let live = instance.state.live,
                instance.state.reservation?.node == inventory.name
            else { continue }
            guard let held = inventory.held.first(where: { $0.run == live.run }) else {
                let cause = "run \(live.run) is not among those that '\(inventory.name)' holds"
                settle(path, because: cause, isBlamed: false, &work)
                continue
            }
            changeLive(path) { $0.pid = work.policy.process(held) }
            refresh(path, work)
        }
    }

    /// Gives a process that was found again its full time: nobody could be told of it meanwhile.
    private mutating func refresh(_ path: InstancePath, _ work: Deliberation) {
        switch self[path].state {
        case .starting(var starting):
            let deadline = declaration(for: self[path])?.startDeadline ?? .zero
            starting.deadline = work.now + deadline
            self[path].state = .starting(starting)
        case .stopping(var stopping) where stopping.ends > 0:
            stopping.endAt = work.now
            self[path].state = .stopping(stopping)
        case .waiting, .comparing, .serving, .draining, .stopping, .backingOff, .failed:
            break
        }
    }

    private mutating func noteStrays(_ inventory: NodeInventory, _ work: Deliberation) {
        strays.removeAll { $0.node == inventory.name }
        for held in inventory.held {
            noteNumber(of: held.run)
            if find(held.run, .standard) == nil {
                strays.append(Stray(run: held.run, node: inventory.name, endAt: work.now))
            }
        }
    }

    /// Makes sure that no run is ever given the number of one that somebody still holds.
    ///
    /// A snapshot can be older than the world: what was observed is acted on even while nothing can
    /// be written down.
    mutating func noteNumber(of run: Run) {
        guard let index = index(of: run.instance.key) else { return }
        let next = deployments[index].nextOrdinal
        deployments[index].nextOrdinal = max(next, run.instance.ordinal + 1)
        for instance in deployments[index].instances.indices
        where deployments[index].instances[instance].id == run.instance {
            deployments[index].instances[instance].note(incarnation: run.incarnation)
        }
    }

    mutating func noteLost(_ name: NodeName, _ work: inout Deliberation) {
        guard let index = nodes.firstIndex(where: { $0.name == name }) else { return }
        nodes[index].peer.noteLost(at: work.now, work.policy)
        work.noteChange()
        nodes[index].settledAt = nil
        capacity.note(name, total: nil, isJoined: false)
        loseRuns(of: name, &work)
    }

    /// A node that says nothing gets nothing: what serves there is left to serve.
    mutating func noteSilent(_ name: NodeName, _ work: inout Deliberation) {
        guard capacity.isReachable(name) else { return }
        capacity.note(name, isSilent: work.policy.heedsSilence())
        work.add(
            .notice("node '\(name)' answers nothing: what serves there is left to serve"),
            because: "node '\(name)' is there and answers nothing"
        )
    }

    mutating func noteHeard(_ name: NodeName, _ work: inout Deliberation) {
        guard capacity.isSilent(name) else { return }
        capacity.note(name, isSilent: false)
        settleIn(name, work.now)
        // Nobody could be told of what was being started, or ended, there.
        for path in paths where self[path].state.reservation?.node == name { refresh(path, work) }
        work.add(
            .notice("node '\(name)' answers again"),
            because: "node '\(name)' answers again"
        )
    }

    private mutating func loseRuns(of name: NodeName, _ work: inout Deliberation) {
        strays.removeAll { $0.node == name }
        for path in paths.reversed() where self[path].state.reservation?.node == name {
            guard let live = self[path].state.live else { continue }
            settle(
                path,
                because: "node '\(name)' was lost, and run \(live.run) with it",
                isBlamed: false,
                &work
            )
        }
    }

    /// Forgets nodes that a new life of the supervisor does not name, and learns those it does.
    mutating func configure(_ names: [NodeName], _ work: inout Deliberation) {
        for node in nodes where !names.contains(node.name) {
            capacity.forget(node.name)
            loseRuns(of: node.name, &work)
        }
        nodes.removeAll { !names.contains($0.name) }
        for name in names where !nodes.contains(where: { $0.name == name }) {
            nodes.append(Node(name: name))
        }
        nodes.sort { $0.name < $1.name }
        for index in nodes.indices {
            nodes[index].peer.forget()
            nodes[index].settledAt = nil
            capacity.note(nodes[index].name, total: nil, isJoined: false)
        }
    }

    /// Whether every node and the gateway have been heard of in this life of the supervisor.
    var isEveryoneHeard: Bool {
        gateway.peer.isHeard && nodes.allSatisfy { $0.peer.isHeard }
    }
}
