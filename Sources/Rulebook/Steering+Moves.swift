// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Off a node that is drained, silent or fuller than others, through the surge: a replacement serves
/// before the instance goes.
extension Rulebook {
    mutating func drain(_ name: NodeName, _ work: inout Deliberation) {
        guard isKnown(name, "drain", &work) else { return }
        if capacity.isDrained(name) {
            return work.refuse(
                Problem(
                    .conflict,
                    code: "alreadyDrained",
                    what: "cannot drain '\(name)': it is drained already",
                    remedy: "see what it still holds with 'scorekeeper status'"
                )
            )
        }
        guard nodes.contains(where: { $0.name != name && !capacity.isDrained($0.name) }) else {
            return work.refuse(
                Problem(
                    .conflict,
                    code: "lastNode",
                    what: "cannot drain '\(name)': no other node may be given what it holds",
                    remedy: "undrain another one first, or start the server with more nodes"
                )
            )
        }
        capacity.note(name, isDrained: work.policy.heedsDrain())
        work.add(
            .notice("node '\(name)' is drained: what it holds moves to others"),
            because: "somebody drained it"
        )
    }

    mutating func undrain(_ name: NodeName, _ work: inout Deliberation) {
        guard isKnown(name, "undrain", &work) else { return }
        guard capacity.isDrained(name) else {
            return work.refuse(
                Problem(
                    .conflict,
                    code: "notDrained",
                    what: "cannot undrain '\(name)': it is not drained",
                    remedy: "see the nodes with 'scorekeeper status'"
                )
            )
        }
        capacity.note(name, isDrained: false)
        work.add(
            .notice("node '\(name)' may be given instances again"),
            because: "somebody undrained it"
        )
    }

    private func isKnown(_ name: NodeName, _ verb: String, _ work: inout Deliberation) -> Bool {
        if nodes.contains(where: { $0.name == name }) { return true }
        let all = nodes.map { "'\($0.name)'" }.joined(separator: ", ")
        work.refuse(
            Problem(
                .notFound,
                code: "node",
                what: "cannot \(verb) '\(name)': there is no such node",
                remedy: "name one of \(all)"
            )
        )
        return false
    }

    /// Starts a replacement for each instance of a drained node, and for each that does not serve on
    /// a silent one, while there is a place for it.
    ///
    /// Not for what a rollout replaces anyway. What has no process is moved as it is (`relocate`).
    mutating func steerMoves(_ work: inout Deliberation) {
        guard isEveryoneHeard else { return }
        for index in deployments.indices {
            forgetMoves(in: index, &work)
            guard let steered = deployments[index].steered else { continue }
            let isPaused = isHalted(index, work.policy)
            let moving = candidates(in: index) {
                isDisplaced($0) && $0.state.live != nil
                    && (isPaused || $0.revision == steered.revision)
            }
            for path in moving.reversed() {
                let moved = self[path]
                let isReplaced = deployments[index].instances.contains { $0.replaces == moved.id }
                let id = nextID(in: index)
                guard !isReplaced, let place = capacity.reserve(for: id, work.policy) else {
                    continue
                }
                let from = moved.state.reservation.map { "'\($0.node)'" } ?? "its node"
                let why =
                    isOnDrained(moved)
                    ? "\(from) is drained, and \(moved.id) serves there"
                    : "\(from) answers nothing, and \(moved.id) does not serve there"
                let reason = "\(why); '\(place.node)' has a place"
                replace(moved, in: index, at: place, because: reason, &work)
            }
        }
    }

    /// The name of a deployment's next instance.
    func nextID(in index: Int) -> InstanceID {
        InstanceID(key: deployments[index].key, ordinal: deployments[index].nextOrdinal)
    }

    /// Adds an instance that shall serve in place of another, whose going waits for that.
    mutating func replace(
        _ moved: Instance,
        in index: Int,
        at place: Reservation,
        forEvenness evens: Bool? = nil,
        because reason: String,
        _ work: inout Deliberation
    ) {
        deployments[index].nextOrdinal += 1
        var fresh = Instance(
            id: place.instance,
            revision: moved.revision,
            state: .waiting(Waiting(reservation: place)),
            since: work.now,
            reason: reason
        )
        fresh.replaces = moved.id
        fresh.evens = evens
        deployments[index].instances.append(fresh)
        work.note(fresh.id, is: .waiting, because: reason)
    }

    /// Lets instances go whose replacement serves.
    mutating func retireMoved(in index: Int, _ work: inout Deliberation) {
        let deployment = deployments[index]
        let isPaused = isHalted(index, work.policy)
        // A revision that never served takes nothing from the one that stands.
        let wanted =
            deployment.current == nil
            ? deployment.steered?.declaration.instances ?? 0 : leastWanted(index)
        for instance in deployment.instances {
            guard let id = instance.replaces, work.policy.mayMove(instance.isServing),
                let path = candidates(in: index, where: { $0.id == id }).first,
                isDisplaced(self[path]) || instance.evens == true,
                work.policy.mayMove(false) || mayRetire(path, wanted: wanted, work)
            else { continue }
            let reason = "\(whyDisplaced(self[path])), and \(instance.id) serves in its stead"
            retire(path, because: reason, &work)
        }
        forgetMoves(in: index, &work)
        if isPaused { retireSpare(in: index, wanted: wanted, &work) }
    }

    /// Lets an instance of a drained node go while a rollout is paused and enough serve without it:
    /// the surge that a replacement would need is the rollout's.
    private mutating func retireSpare(in index: Int, wanted: Int, _ work: inout Deliberation) {
        for path in candidates(in: index, where: { isOnDrained($0) && $0.isServing })
        where candidates(in: index, where: { $0.replaces == nil }).count > wanted {
            guard mayRetire(path, wanted: wanted, work) else { continue }
            let reason = "its node is drained, and \(Counted(wanted, "instance")) serve without it"
            retire(path, because: reason, &work)
        }
    }

    /// Makes replacements ordinary instances once what they replace has gone, or need not any more.
    private mutating func forgetMoves(in index: Int, _ work: inout Deliberation) {
        for place in deployments[index].instances.indices {
            guard let id = deployments[index].instances[place].replaces else { continue }
            let isEvening =
                deployments[index].instances[place].evens == true && !deployments[index].isMoving
            let isMoving = deployments[index].instances.contains {
                $0.id == id && !$0.state.isLeaving && (isDisplaced($0) || isEvening)
            }
            if isMoving { continue }
            deployments[index].instances[place].replaces = nil
            deployments[index].instances[place].evens = nil
            work.noteChange()
        }
    }

    /// Whether it should be elsewhere: its node is drained, or silent and does not let it serve.
    private func isDisplaced(_ instance: Instance) -> Bool {
        if isOnDrained(instance) { return true }
        guard let node = instance.state.reservation?.node, capacity.isSilent(node) else {
            return false
        }
        return instance.state.live != nil && !instance.isEstablished
    }

    private func whyDisplaced(_ instance: Instance) -> String {
        if isOnDrained(instance) { return "its node is drained" }
        return isDisplaced(instance)
            ? "its node answers nothing" : "its node holds more than others"
    }

    private func isOnDrained(_ instance: Instance) -> Bool {
        instance.state.reservation.map { capacity.isDrained($0.node) } ?? false
    }
}
