// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension ModelCheck {
    /// The check for people: facts in two columns, then notices, then problems, then the verdict.
    public var lines: [String] {
        var lines = facts.map { Self.padded($0.name) + $0.value }
        lines += notices.map { "notice: \($0)" }
        lines += problems.map { "problem: \($0)" }
        if unlisted > 0 { lines.append("and \(unlisted) more problems") }
        lines.append(Self.verdict(problems: problems.count + unlisted))
        return lines.map(\.printable)
    }

    private var facts: [(name: String, value: String)] {
        var facts = [("model", path), ("kind", kind.words)]
        if let endpoint { facts.append(("endpoint", endpoint.text)) }
        if let model {
            facts.append(("flavors", model.flavors.joined(separator: ", ")))
            if let version = model.mlflowVersion { facts.append(("saved by", "MLflow \(version)")) }
            facts.append(("inputs", model.signature?.inputs?.description ?? "not declared"))
            facts.append(("outputs", model.signature?.outputs?.description ?? "not declared"))
            if let parameters = model.signature?.parameters, !parameters.isEmpty {
                let words = parameters.map { "\($0.name) (\($0.type)) = \($0.defaultValue)" }
                facts.append(("parameters", words.joined(separator: ", ")))
            }
            let file = model.inputExample.map { $0.servingPath ?? $0.path }
            let words = example.map { " (\($0))" } ?? ""
            facts.append(("example", file.map { $0 + words } ?? "none was saved"))
        }
        if let environment { facts += Self.facts(environment) }
        if let settingsFile { facts.append(("settings", settingsFile)) }
        if let settings {
            facts.append(("instances", String(settings.instances)))
            facts.append(("network", settings.isNetworkAllowed ? "allowed" : "none"))
        }
        return facts
    }

    static func facts(
        _ environment: EnvironmentDefinition
    ) -> [(name: String, value: String)] {
        let packages = environment.requirements.map(\.text)
        let shown = packages.prefix(6).joined(separator: ", ")
        let more = packages.count > 6 ? ", and \(packages.count - 6) more" : ""
        var facts = [
            ("python", environment.python.description),
            ("packages", packages.isEmpty ? "none" : shown + more),
        ]
        let wheels = environment.wheels.map(\.path)
        if !wheels.isEmpty { facts.append(("wheels", wheels.joined(separator: ", "))) }
        let constraints = environment.constraints.map(\.text)
        if !constraints.isEmpty {
            facts.append(("constraints", constraints.joined(separator: ", ")))
        }
        if let asOf = environment.asOf { facts.append(("as of", asOf)) }
        return facts + [("read from", environment.sources.joined(separator: ", "))]
    }

    static func verdict(problems count: Int) -> String {
        if count == 0 {
            return "it can be served; nothing was started"
        }
        return "it cannot be served: \(count) problem\(count == 1 ? "" : "s")"
    }

    static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 12 - name.count))
    }
}
