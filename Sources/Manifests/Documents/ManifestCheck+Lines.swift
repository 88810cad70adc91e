// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension ManifestCheck {
    /// The check for people: facts in two columns, then notices, then problems, then the verdict.
    public var lines: [String] {
        var lines = facts.map { ModelCheck.padded($0.name) + $0.value }
        lines += notices.map { "notice: \($0)" }
        lines += problems.map { "problem: \($0)" }
        if unlisted > 0 { lines.append("and \(unlisted) more problems") }
        lines.append(ModelCheck.verdict(problems: problems.count + unlisted))
        return lines.map(\.printable)
    }

    private var facts: [(name: String, value: String)] {
        var facts = [("document", file)]
        if let endpoint { facts.append(("endpoint", "\(endpoint)")) }
        // Of a document that could not be read, nobody knows the deployment's name.
        if settings != nil || problems.isEmpty { facts.append(("deployment", "\(deployment)")) }
        switch serving {
        case .model(let check, let path):
            facts.append(("model", "\(path) (\(check.kind.words))"))
            if let environment = check.environment { facts += ModelCheck.facts(environment) }
        case .script(let script):
            facts.append(("script", "\(script.script) in \(script.folder)"))
            if let model = script.model { facts.append(("model", model.path)) }
            if let name = script.environmentName { facts.append(("environment", name)) }
            facts += ModelCheck.facts(script.environment)
        case .program(let path, let arguments, let model):
            facts.append(("scorer", ([path] + arguments).joined(separator: " ")))
            if let model { facts.append(("model", model.path)) }
        case nil: break
        }
        if let settings {
            facts.append(("instances", String(settings.instances)))
            facts.append(("network", settings.isNetworkAllowed ? "allowed" : "none"))
        }
        return facts
    }
}
