// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension DocumentsCheck {
    /// The check for people: each document in a line or a few, notices, problems, the verdict.
    public var lines: [String] {
        var lines = parts.flatMap { part in
            Self.facts(part).map { ModelCheck.padded($0.name) + $0.value }
        }
        lines += allNotices.map { "notice: \($0)" }
        lines += allProblems.map { "problem: \($0)" }
        let more =
            unlisted
            + parts.reduce(0) { sum, part in
                sum + (part.deployment?.unlisted ?? 0) + (part.model?.unlisted ?? 0)
            }
        if more > 0 { lines.append("and \(more) more problems") }
        lines.append(Self.verdict(problems: allProblems.count + more))
        return lines.map(\.printable)
    }

    private static func verdict(problems: Int) -> String {
        switch problems {
        case 0: "it can be applied; nothing was done"
        case 1: "it cannot be applied: 1 problem"
        default: "it cannot be applied: \(problems) problems"
        }
    }

    private static func facts(_ part: Part) -> [(name: String, value: String)] {
        let thing = part.manifest.thing ?? "a \(part.manifest.kind.rawValue)"
        var facts = [("document", "\(part.file): \(thing)")]
        switch part.manifest {
        case .environment(let environment):
            facts += ModelCheck.facts(environment.definition)
        case .model(let model):
            facts.append(("model", "\(model.path.path) (\(model.format.rawValue))"))
        case .endpoint(let endpoint):
            facts += [
                ("traffic", endpoint.traffic), ("mirror", endpoint.mirrorTraffic),
            ].filter { !$0.1.isEmpty }.map { ($0.0, shares($0.1)) }
        case .deployment(let deployment):
            facts.append(("instances", String(deployment.settings.instances)))
        }
        return facts
    }

    private static func shares(_ percents: [DeploymentName: Int]) -> String {
        percents.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)%" }
            .joined(separator: ", ")
    }
}
