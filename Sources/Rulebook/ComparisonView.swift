// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a person is shown of the comparison of two revisions' answers.
public struct ComparisonView: Codable, Hashable, Sendable {
    /// How it is.
    public enum State: String, Codable, Hashable, Sendable {
        /// No run of the new revision is ready yet.
        case awaited
        /// A run of the new revision answers recent requests.
        case underway
        /// The answers are equal, or differ by no more than they may.
        case equal
        /// They differ.
        case different
        /// There were no recent requests.
        case nothing
        /// It came to no end.
        case unfinished
    }

    /// How it is, in one word for programs.
    public let state: State
    /// How it is, in a sentence for people.
    public let sentence: String
    /// What is made of it.
    public let rule: ComparisonRule
    /// What was found; nothing until then.
    public let found: RevisionComparison?
}

extension Deployment {
    /// How the comparison of its rollout stands; nothing where none belongs to it.
    var comparisonView: ComparisonView? {
        guard let rollout, let comparison = rollout.comparison,
            comparison.isOver || rollout.outcome == nil, let sentence = comparisonSentence
        else { return nil }
        let state: ComparisonView.State =
            switch comparison.verdict {
            case nil: comparison.underway == nil ? .awaited : .underway
            case .equal: .equal
            case .different: .different
            case .nothing: .nothing
            case .unfinished: .unfinished
            }
        return ComparisonView(
            state: state,
            sentence: sentence,
            rule: comparison.rule,
            found: comparison.found
        )
    }

    /// The same in a sentence.
    var comparisonSentence: String? {
        guard let rollout, let comparison = rollout.comparison else { return nil }
        let (new, old) = (rollout.to, rollout.from)
        switch comparison.verdict {
        case nil where comparison.underway == nil && isRefilling:
            return
                "the gateway was lost when the answers of \(new) were compared with those of "
                + "\(old), and what it had kept with it: they are compared once requests are kept"
        case nil:
            return comparison.underway == nil
                ? "the answers of \(new) are compared with those of \(old) before it serves"
                : "\(new) is asked what \(old) was asked before, and their answers are compared"
        case .equal:
            let count = Counted(comparison.found?.equal ?? 0, "answer")
            return "\(count) of \(new) \(count.verb("is", "are")) what \(old) answered"
        case .different(let text): return text
        case .nothing where comparison.refill != nil:
            return
                "the gateway was lost when the answers of \(new) were compared with those of "
                + "\(old), and what it had kept with it: there was nothing left to compare"
        case .nothing:
            return
                "\(old) has answered no recent requests: there was nothing to compare \(new) with"
        case .unfinished(let text):
            return "the answers of \(new) could not be compared with those of \(old): \(text)"
        }
    }
}
