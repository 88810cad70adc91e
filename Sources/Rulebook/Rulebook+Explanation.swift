// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Rulebook {
    /// Why an instance is in the state that it is in; nothing when there is no such instance.
    ///
    /// This is the present; what led to it is in the journal: `Decision.sentences(about:)`.
    public func explanation(of id: InstanceID) -> Explanation? {
        guard let index = index(of: id.key),
            let instance = deployments[index].instances.first(where: { $0.id == id })
        else { return nil }
        var sentences = [instance.presence, "why: \(instance.reason)"]
        if case .waiting(let waiting) = instance.state {
            sentences += obstacles(of: id, on: waiting.reservation.node)
        }
        if case .starting(let starting) = instance.state, !starting.isTimed {
            sentences.append("its process is there; the gateway is not")
        }
        if instance.restarts > 0 {
            let times = instance.restarts == 1 ? "once" : "\(instance.restarts) times"
            sentences.append("it was started again \(times)")
        }
        if let problem = instance.problem, problem != instance.reason {
            sentences.append("what went wrong last: \(problem)")
        }
        if instance.history.unreadyStarts > 0 {
            let starts = instance.history.unreadyStarts
            sentences.append("\(starts) of its starts in a row never got ready")
        }
        return Explanation(instance: id, state: instance.state.name, sentences: sentences)
    }

    private func obstacles(of id: InstanceID, on node: NodeName) -> [String] {
        var obstacles: [String] = []
        if !capacity.isJoined(node) { obstacles.append("node '\(node)' is not there") }
        for other in nodes where !other.peer.isHeard {
            obstacles.append("nothing has been heard of node '\(other.name)' yet")
        }
        if !gateway.peer.isHeard { obstacles.append("nothing has been heard of the gateway yet") }
        for stray in strays where stray.node == node || stray.run.instance.key == id.key {
            obstacles.append("run \(stray.run) must leave '\(stray.node)' first")
        }
        return obstacles
    }
}

extension Instance {
    /// What it is doing, in a sentence.
    fileprivate var presence: String {
        switch state {
        case .waiting(let waiting):
            return
                "\(id) has a place on '\(waiting.reservation.node)' for \(revision) and waits to "
                + "be started"
        case .starting(let starting):
            let process = starting.live.pid.map { "has pid \($0)" } ?? "is being spawned"
            return "run \(starting.live.run) of \(revision) \(process) on "
                + "'\(starting.reservation.node)' and cannot answer yet"
        case .comparing(let comparing):
            return
                "run \(comparing.live.run) of \(revision) on '\(comparing.reservation.node)' is "
                + "asked what was asked before, and its answers are compared"
        case .serving(let serving):
            return "run \(serving.live.run) of \(revision) serves on '\(serving.reservation.node)'"
        case .draining(let draining):
            return "run \(draining.live.run) of \(revision) finishes the requests that it holds"
        case .stopping(let stopping):
            let next = stopping.afterwards == .restart ? "started again" : "gone for good"
            return "run \(stopping.live.run) of \(revision) is being ended; then it is \(next)"
        case .backingOff(let backingOff):
            let wait = (backingOff.until - since).wholeMilliseconds
            return "\(id) waits \(wait) ms before it is started again"
        case .failed:
            return "\(id) of \(revision) was given up"
        }
    }
}
