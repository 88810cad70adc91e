// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Rulebook
import Vocabulary

/// A decision as a row of the journal: for a person first, for a program beside it.
enum JournalText {
    /// The rows that keep `decision`; none for routine.
    ///
    /// Scorers that are well are asked so every few seconds: the journal is finite, and what it is
    /// kept for would be gone from it within minutes.
    static func entries(for decision: Decision, decidedAt: Date) -> [JournalEntry] {
        isRoutine(decision) ? [] : [entry(for: decision, decidedAt: decidedAt)]
    }

    private static func isRoutine(_ decision: Decision) -> Bool {
        guard decision.refusal == nil, decision.turns.isEmpty, case .tick = decision.event
        else { return false }
        return !decision.steps.isEmpty
            && decision.steps.allSatisfy { step in
                if case .probe = step.effect { true } else { false }
            }
    }

    private static func entry(for decision: Decision, decidedAt: Date) -> JournalEntry {
        JournalEntry(
            decidedAt: decidedAt,
            moment: decision.moment,
            subjects: subjects(of: decision),
            event: sentence(decision.event),
            effects: json(decision.effects),
            reason: reason(of: decision)
        )
    }

    private static func subjects(of decision: Decision) -> [String] {
        var subjects = decision.instances.map(\.description)
        switch decision.event {
        case .declared(let declaration): subjects.append(declaration.key.description)
        case .withdrawn(let key), .prepared(let key, _), .preparationFailed(let key, _, _),
            .rolloutPaused(let key), .rolloutResumed(let key), .rolloutUndone(let key),
            .answered(let key, _, _, _), .compared(let key, _, _):
            subjects.append(key.description)
        case .trafficDeclared(let traffic): subjects.append(traffic.endpoint.text)
        case .endpointWithdrawn(let endpoint): subjects.append(endpoint.text)
        case .nodeJoined(let inventory): subjects.append(inventory.name.description)
        case .nodeLost(let name), .nodeDrained(let name), .nodeUndrained(let name),
            .nodeSilent(let name), .nodeHeard(let name):
            subjects.append(name.description)
        default: break
        }
        return subjects
    }

    private static func reason(of decision: Decision) -> String {
        if let refusal = decision.refusal { return "refused: \(refusal)" }
        var sentences: [String] = []
        for sentence in decision.turns.map(\.reason) + decision.steps.map(\.reason)
        where !sentences.contains(sentence) {
            sentences.append(sentence)
        }
        return sentences.joined(separator: "; ")
    }

    /// What happened, in words.
    static func sentence(_ event: Event) -> String {
        switch event {
        case .began(let nodes): "the supervisor began with \(Counted(nodes.count, "node"))"
        case .declared(let declaration):
            "\(declaration.key) was declared as \(declaration.revision)"
        case .withdrawn(let key): "\(key) was withdrawn"
        case .trafficDeclared(let traffic): sentence(traffic)
        case .endpointWithdrawn(let endpoint): "the endpoint \(endpoint) was withdrawn"
        case .rolloutPaused(let key): "the rollout of \(key) was paused"
        case .rolloutResumed(let key): "the rollout of \(key) was resumed"
        case .rolloutUndone(let key): "the rollout of \(key) was undone"
        case .answered(let key, let revision, let answers, let failures):
            "\(key) \(revision) gave \(Counted(answers, "answer")), \(failures) of them failing"
        case .prepared(let key, let revision): "\(key) \(revision) was prepared"
        case .preparationFailed(let key, let revision, let problem):
            "\(key) \(revision) could not be prepared: \(problem)"
        case .nodeSized(let name, let millicores):
            "\(name) gives out \(CoreCount(millicores: millicores).counted)"
        case .nodeJoined(let inventory):
            "\(inventory.name) joined with "
                + "\(Counted(inventory.held.count, "process", plural: "processes"))"
        case .nodeLost(let name): "\(name) was lost"
        case .nodeSilent(let name): "\(name) answered nothing any more"
        case .nodeHeard(let name): "\(name) answered again"
        case .nodeDrained(let name): "\(name) was drained"
        case .nodeUndrained(let name): "\(name) was undrained"
        case .nodeRefused(let run, let problem): "\(run) was refused: \(problem)"
        case .spawned(let run, let pid): "\(run) became process \(pid)"
        case .ready(let run): "\(run) said that it is ready"
        case .startFailed(let run, let text): "\(run) said that it cannot start: \(text)"
        case .exited(let run, let report): "\(run) \(report)\(lastLines(report))"
        case .ejected(let run, let reason): "the gateway ejected \(run): \(reason)"
        case .probed(let run, let kind, let succeeded):
            "\(run) \(succeeded ? "answered" : "did not answer") its \(kind.rawValue) probe"
        case .compared(let key, let revision, let found):
            "\(key) \(revision) answered \(Counted(found.requests, "recent request")), "
                + "\(found.differing) of them otherwise"
        case .drained(let run): "\(run) holds no request any more"
        case .gatewayJoined(let lanes): "the gateway joined with \(Counted(lanes.count, "lane"))"
        case .gatewayLost: "the gateway was lost"
        case .tick: "a deadline came"
        case .leave: "the server was told to leave"
        }
    }

    private static func sentence(_ traffic: TrafficDeclaration) -> String {
        let parts = traffic.live.map { "\($0.deployment)=\($0.percent)" }
        let live = parts.isEmpty ? "nobody" : parts.joined(separator: " ")
        let mirror = traffic.mirror.map { ", copies to \($0.deployment)=\($0.percent)" } ?? ""
        return "the requests of \(traffic.endpoint) were given to \(live)\(mirror)"
    }

    private static func lastLines(_ report: ExitReport) -> String {
        guard !report.lastLines.isEmpty else { return "" }
        return "; its last lines: " + report.lastLines.suffix(10).joined(separator: " | ")
    }

    /// What is done about it, verb first.
    static func sentence(_ effect: Effect) -> String {
        switch effect {
        case .prepare(let key, let revision): "prepare \(key) \(revision)"
        case .discard(let key, let revision): "discard \(key) \(revision)"
        case .spawn(let run, let node, let revision): "spawn \(run) of \(revision) on \(node)"
        case .end(let run, let node): "end \(run) on \(node)"
        case .openLane(let run, let node, _): "open the lane of \(run) from \(node)"
        case .probe(let run, let kind, _): "ask \(run) for its \(kind.rawValue)"
        case .compare(let run, let new, let old, _):
            "compare what \(run) of \(new) answers with what \(old) did"
        case .drain(let run): "drain \(run)"
        case .closeLane(let run): "close the lane of \(run)"
        case .publish(let published): "publish the route of \(published.endpoint)"
        case .unpublish(let endpoint): "take back the route of \(endpoint)"
        case .startNode(let name): "find or start \(name)"
        case .startGateway: "find or start the gateway"
        case .retireGateway: "let the gateway leave"
        case .farewell: "leave"
        case .notice(let text): "tell: \(text)"
        }
    }

    private static func json(_ effects: [Effect]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = effects.map(sentence)
        guard let bytes = try? encoder.encode(lines) else { return "[]" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
