// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// What the scorer itself says became of an attempt.
struct EscapeAnswer: Hashable, Sendable {
    enum Kind: String, Sendable {
        case refused
        case nothing
        case bounded
        case through
        case absent
    }

    var kind: Kind
    /// The error's name; empty where there was none.
    var error: String
    var words: String

    /// Reads an answer's three lines; nothing where it is none.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, let kind = Kind(rawValue: String(lines[0])) else { return nil }
        self.kind = kind
        error = lines[1] == "-" ? "" : String(lines[1])
        words = String(lines[2])
    }
}

/// All that was seen of one attempt at one level.
struct EscapeObservation: Hashable, Sendable {
    /// What the scorer answered; nothing where it never did.
    var answer: EscapeAnswer?
    /// How its run ended; nothing where it goes on.
    var end: String?
    /// Whether it is seen outside; nothing where there is nothing to look at.
    var evidence: Bool?
}

/// What is made of an observation.
enum EscapeVerdict: String, Codable, Sendable {
    /// It did not get out.
    case held
    /// It got out, and the level does not promise that it would not.
    case notPromised
    /// It got out.
    case gotOut
    /// There is nothing to try here.
    case absent
    /// The attempt itself failed: nothing was shown.
    case unclear

    /// Judges one attempt; `isPromised` is whether the level forbids what it tries.
    init(_ attempt: EscapeAttempt, _ seen: EscapeObservation, isPromised: Bool) {
        guard let isOut = Self.isOut(attempt, seen) else {
            self = seen.answer?.kind == .absent ? .absent : .unclear
            return
        }
        self = !isOut ? .held : isPromised ? .gotOut : .notPromised
    }

    /// Whether it worked; nothing where that cannot be told.
    private static func isOut(_ attempt: EscapeAttempt, _ seen: EscapeObservation) -> Bool? {
        if let answer = seen.answer {
            if answer.kind == .absent { return nil }
            // Another scorer's word is not taken for what can be seen.
            if let evidence = seen.evidence { return evidence }
            return answer.kind == .through
        }
        switch attempt.course {
        case .ends, .mayEnd: return seen.end == nil ? nil : seen.evidence ?? false
        case .answers, .thenDelete: return seen.evidence == true ? true : nil
        }
    }
}

/// What became of one attempt at one level.
struct EscapeOutcome: Hashable, Sendable {
    let attempt: EscapeAttempt
    let level: IsolationLevel
    let seen: EscapeObservation
    let verdict: EscapeVerdict

    init(
        _ attempt: EscapeAttempt,
        _ seen: EscapeObservation,
        at level: IsolationLevel,
        _ circumstances: IsolationPromise.Circumstances
    ) {
        self.attempt = attempt
        self.level = level
        self.seen = seen
        let isPromised = attempt.promise.isKept(at: level, circumstances)
        verdict = EscapeVerdict(attempt, seen, isPromised: isPromised)
    }

    /// What happened, in a few words.
    var words: String {
        switch verdict {
        case .gotOut: "GOT OUT: \(course)"
        case .notPromised: "not promised: \(course)"
        case .unclear: "UNCLEAR: \(course)"
        case .held, .absent: course
        }
    }

    /// A run's end without the words that are the same for all: which lane it was, how it was ended.
    private static func reason(_ end: String) -> String {
        let parts = end.components(separatedBy: " away: ")
        let why = parts.count > 1 ? parts[1] : end
        return why.components(separatedBy: "; then it ").first ?? why
    }

    private var course: String {
        guard let answer = seen.answer else {
            return seen.end.map { "ended by us: \(Self.reason($0))" } ?? "no answer, and no end"
        }
        let error = answer.error.isEmpty ? "" : " (\(answer.error))"
        if seen.evidence == true { return "seen outside: \(answer.words)" }
        switch answer.kind {
        case .refused: return "refused\(error)"
        case .nothing: return "nothing there\(answer.words.isEmpty ? error : ": \(answer.words)")"
        case .bounded: return answer.words + error
        case .through where seen.evidence == false: return "not seen outside"
        case .through: return answer.words
        case .absent: return "not to be had: \(answer.words)"
        }
    }
}
