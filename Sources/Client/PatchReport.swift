// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// A patch as a person reads it.
public enum PatchReport {
    /// What would change: each environment, then its deployments, then one line that sums them up.
    public static func lines(_ plan: PatchPlan) -> [String] {
        var lines = plan.environments.flatMap(lines)
        lines += plan.others.map { "- deployment \($0.key): \(($0.passed ?? "").printable)" }
        return lines + [summary(plan)]
    }

    private static func lines(_ environment: PatchPlan.Environment) -> [String] {
        let digest = environment.digest?.short ?? "that is not built"
        let names = environment.names.isEmpty ? "" : " (\(list(environment.names)))"
        let name = "environment \(digest)\(names)".printable
        let users = list(environment.deployments.map { "\($0.key)" })
        if let problem = environment.problem {
            let place = problem.error.target.map { "\($0): " } ?? ""
            return [
                "! \(name), used by \(users)",
                "    cannot be resolved: \(place.printable)\(problem.error.message.printable)",
            ]
        }
        let pins = environment.pins.isEmpty ? nil : "pinned exactly: \(list(environment.pins))"
        guard !environment.changes.isEmpty else {
            let lines = ["= \(name): nothing newer within its pins", "    used by \(users)"]
            return lines + (pins.map { ["    \($0.printable)"] } ?? [])
        }
        var lines = ["~ \(name)"]
        lines += environment.changes.map { "    \(words($0).printable)" }
        if let pins { lines.append("    stays, \(pins.printable)") }
        lines += environment.notices.map { "    \($0.printable)" }
        return lines + environment.deployments.flatMap(Self.lines)
    }

    private static func lines(_ deployment: PatchPlan.Deployment) -> [String] {
        let name = "deployment \(deployment.key)"
        if let passed = deployment.passed { return ["  - \(name): \(passed.printable)"] }
        guard let step = deployment.step else { return ["  - \(name)"] }
        if let refusal = step.refusal {
            return ["  ! \(name)", "      refused: \(refusal.error.message.printable)"]
        }
        let next = step.revision.map { " becomes \($0)" } ?? ""
        var lines = ["  ~ \(name): \(deployment.revision)\(next)"]
        lines += step.changes.map { "      \($0.printable)" }
        if let capacity = step.capacity { lines.append("      reserves \(capacity)") }
        if let callers = step.callers { lines.append("      callers notice \(callers.printable)") }
        return lines
    }

    private static func words(_ change: PackageChange) -> String {
        switch (change.from, change.to) {
        case (let from?, let to?): "\(change.name) \(from) -> \(to)"
        case (nil, let to?): "added: \(change.name) \(to)"
        case (let from?, nil): "removed: \(change.name) \(from)"
        case (nil, nil): change.name
        }
    }

    private static func summary(_ plan: PatchPlan) -> String {
        let failed = plan.environments.count { $0.problem != nil }
        let unknown =
            failed == 0 ? "" : "; \(Counted(failed, "environment")) could not be resolved"
        let count = plan.steps.count
        if count == 0 { return "nothing to patch\(unknown)" }
        return "\(Counted(count, "deployment")) would be patched, one after another\(unknown)"
    }

    /// How far a patch came, and how to go on from there.
    public static func lines(_ outcome: PatchOutcome) -> [String] {
        var lines = outcome.patched.map { one in
            "\(one.key) \(one.isServing ? "serves as" : "is on its way to") \(one.revision)"
        }
        guard let failed = outcome.failed else {
            let serving = outcome.patched.allSatisfy(\.isServing)
            let count = Counted(outcome.patched.count, "deployment")
            let verb = count.verb("is", "are")
            return lines + ["\(count) \(verb) \(serving ? "patched" : "being patched")"]
        }
        // Its rollout goes on by itself where the server only could not be asked any more.
        let isUnknown = ["noServer", "connectionLost"].contains(failed.problem.error.code)
        let how = isUnknown ? "was not seen to its end" : "was not patched"
        lines.append("\(failed.key) \(how): \(failed.problem.error.message.printable)")
        lines += outcome.untouched.map { "\($0) was not touched" }
        if let last = outcome.patched.last {
            lines.append("to go back on what was patched: 'scorekeeper rollout undo \(last.key)'")
        }
        return lines + [
            "to go on: 'scorekeeper patch' again, which has nothing to do with what is patched"
        ]
    }

    private static let shownNames = 8

    private static func list(_ all: [String]) -> String {
        let rest = all.count - shownNames
        let shown = all.prefix(shownNames).joined(separator: ", ")
        return rest > 0 ? "\(shown) and \(rest) more" : shown
    }
}
