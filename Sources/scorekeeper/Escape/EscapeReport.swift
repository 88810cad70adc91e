// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import Vocabulary

/// What one level came to.
struct EscapeCourse: Sendable {
    let level: IsolationLevel
    /// Why the level was not tried; empty where it was.
    var absence: [String] = []
    var outcomes: [EscapeOutcome] = []
    /// What neighbours and server noticed, a sentence each.
    var noticed: [String] = []
    /// Whether the level promises that they notice nothing: where all share a uid, the lowest does not.
    var isPeacePromised = true
    /// Requests that the victim answered, all of them right.
    var answered = 0

    /// Whether nothing got out that the level forbids, and nobody noticed.
    var isGood: Bool {
        (noticed.isEmpty || !isPeacePromised)
            && outcomes.allSatisfy { $0.verdict != .gotOut && $0.verdict != .unclear }
    }

    func count(_ verdict: EscapeVerdict) -> Int {
        outcomes.filter { $0.verdict == verdict }.count
    }
}

/// All levels, for people and for programs.
struct EscapeReport: Encodable, Sendable {
    let courses: [EscapeCourse]

    var isGood: Bool {
        courses.contains { !$0.outcomes.isEmpty } && courses.allSatisfy(\.isGood)
    }

    /// A line for each attempt and level, then a sentence for each level.
    var lines: [String] {
        var table = Table([
            .number("#"), .words("ATTEMPT"), .words("LEVEL"), .words("WHAT HAPPENED"),
        ])
        for (number, attempt) in EscapeAttempt.all.enumerated() {
            var isFirst = true
            for outcome in courses.flatMap(\.outcomes) where outcome.attempt == attempt {
                table.add([
                    isFirst ? "\(number + 1)" : " ", isFirst ? attempt.text : " ",
                    outcome.level.rawValue, outcome.words,
                ])
                isFirst = false
            }
        }
        return table.lines + [""] + courses.flatMap(Self.sentences)
    }

    private static func sentences(_ course: EscapeCourse) -> [String] {
        guard course.absence.isEmpty else {
            return ["\(course.level): not offered here: \(course.absence.joined(separator: "; "))"]
        }
        let out = course.count(.gotOut)
        let rest = [
            "\(Counted(course.outcomes.count, "attempt"))", "\(course.count(.held)) held",
            "\(course.count(.notPromised)) not promised at this level",
            "\(course.count(.absent)) not to be had here",
            course.count(.unclear) > 0 ? "\(course.count(.unclear)) unclear" : "",
            out > 0 ? "\(out) GOT OUT" : "nothing got out that it forbids",
        ]
        let head = rest.filter { !$0.isEmpty }.joined(separator: ", ")
        let neighbours =
            course.noticed.isEmpty
            ? ["  no neighbour noticed: \(course.answered) requests answered, all of them right"]
            : course.noticed.map {
                course.isPeacePromised ? "  NOTICED: \($0)" : "  noticed, not promised: \($0)"
            }
        return ["\(course.level): \(head)"] + neighbours
    }

    private struct Entry: Encodable {
        let attempt: String
        let text: String
        let promise: IsolationPromise
        let level: IsolationLevel
        let verdict: EscapeVerdict
        let answer: String?
        let error: String?
        let words: String?
        let end: String?
        let seenOutside: Bool?

        init(_ outcome: EscapeOutcome) {
            attempt = outcome.attempt.word
            text = outcome.attempt.text
            promise = outcome.attempt.promise
            level = outcome.level
            verdict = outcome.verdict
            answer = outcome.seen.answer?.kind.rawValue
            error = outcome.seen.answer?.error
            words = outcome.seen.answer?.words
            end = outcome.seen.end
            seenOutside = outcome.seen.evidence
        }
    }

    private struct Level: Encodable {
        let level: IsolationLevel
        let isOffered: Bool
        let reasons: [String]
        let victimAnswered: Int
        let noticed: [String]
        let outcomes: [Entry]
    }

    private enum CodingKeys: String, CodingKey {
        case isGood
        case levels
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isGood, forKey: .isGood)
        let levels = courses.map { course in
            Level(
                level: course.level,
                isOffered: course.absence.isEmpty,
                reasons: course.absence,
                victimAnswered: course.answered,
                noticed: course.noticed,
                outcomes: course.outcomes.map(Entry.init)
            )
        }
        try container.encode(levels, forKey: .levels)
    }
}
