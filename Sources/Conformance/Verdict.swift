// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What became of one sentence.
public enum Verdict: Hashable, Sendable {
    /// It holds; what is worth knowing besides.
    case held(note: String)
    /// It does not; what was seen.
    case broken(seen: String)
    /// It is not about a scorer such as this one; why.
    case notApplicable(why: String)
    /// It could not be tried; why.
    case notReached(why: String)

    /// The word for it.
    public var word: String {
        switch self {
        case .held: "held"
        case .broken: "broken"
        case .notApplicable: "not applicable"
        case .notReached: "not reached"
        }
    }

    /// What is to be said of it.
    public var words: String {
        switch self {
        case .held(let words), .broken(let words), .notApplicable(let words),
            .notReached(let words):
            words
        }
    }

    /// Whether it is broken.
    public var isBroken: Bool { if case .broken = self { true } else { false } }
}
