// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// What documents would change, or have changed, as a person reads it.
public enum PlanReport {
    /// The steps, then one line that sums them up.
    public static func lines(_ answer: PlanAnswer, isApplied: Bool) -> [String] {
        var lines: [String] = []
        for step in answer.steps {
            lines.append("\(mark(step)) \(step.kind) \(step.name.printable)\(ending(step))")
            lines += step.changes.map { "    \($0.printable)" }
            if let capacity = step.capacity { lines.append("    reserves \(capacity)") }
            if let callers = step.callers, step.action != .unchanged {
                lines.append("    callers notice \(callers.printable)")
            }
            if let refusal = step.refusal {
                let place = refusal.error.target.map { "\($0.printable): " } ?? ""
                lines.append("    refused: \(place)\(refusal.error.message.printable)")
            }
        }
        return lines + [summary(answer, isApplied: isApplied)]
    }

    private static func mark(_ step: PlanAnswer.Step) -> String {
        if step.refusal != nil { return "!" }
        switch step.action {
        case .create: return "+"
        case .update: return "~"
        case .unchanged: return "="
        case .later: return "?"
        }
    }

    private static func ending(_ step: PlanAnswer.Step) -> String {
        switch step.action {
        case .create, .update: step.revision.map { " \($0)" } ?? ""
        case .unchanged: ": unchanged"
        case .later: ": later"
        }
    }

    private static func summary(_ answer: PlanAnswer, isApplied: Bool) -> String {
        if !answer.problems.isEmpty { return "the documents are refused: nothing is changed" }
        let refused = answer.steps.count { $0.refusal != nil }
        if refused > 0 {
            let count = Counted(refused, "step")
            return "\(count) \(count.verb("is", "are")) refused: nothing that follows is done"
        }
        let changes = answer.changes
        if changes == 0 && !answer.isIncomplete { return "nothing to change" }
        let count = Counted(changes, "change")
        return isApplied
            ? "\(count) made" : "\(count) would be made; 'scorekeeper apply' makes them"
    }
}
