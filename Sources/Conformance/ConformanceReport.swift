// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a play came to, for people and for programs.
public struct ConformanceReport: Encodable, Sendable {
    /// One sentence and what became of it.
    public struct Line: Encodable, Sendable {
        /// The sentence's number.
        public let number: Int
        /// What it is about.
        public let chapter: String
        /// The sentence.
        public let words: String
        /// `held`, `broken`, `not applicable` or `not reached`.
        public let verdict: String
        /// What was seen, or why it was not tried; empty where there is nothing to say.
        public let seen: String
        /// What its author can do about it, where it is broken.
        public let remedy: String?
    }

    /// The program.
    public let program: String
    /// Calls at once that the lane had.
    public let calls: Int
    /// Every sentence, in the order of the numbers.
    public let sentences: [Line]
    /// What to know before it is believed.
    public let notice: String?

    init(
        program: ScorerProgram,
        settings: ConformanceSettings,
        _ proceedings: Proceedings,
        notice: String? = nil
    ) {
        self.notice = notice
        self.program = ([program.path] + program.arguments).joined(separator: " ")
        calls = settings.laneCalls
        sentences = proceedings.sentences.map { sentence in
            let verdict = proceedings.verdicts[sentence.name] ?? .notReached(why: "")
            return Line(
                number: sentence.name.rawValue,
                chapter: sentence.name.chapter.rawValue,
                words: sentence.words,
                verdict: verdict.word,
                seen: verdict.words,
                remedy: verdict.isBroken ? sentence.remedy : nil
            )
        }
    }

    /// The numbers of the broken sentences.
    public var broken: [Int] { sentences.filter { $0.verdict == "broken" }.map(\.number) }

    /// The report for people.
    public var lines: [String] {
        var lines: [String] = []
        var chapter = ""
        for line in sentences {
            if line.chapter != chapter {
                if !chapter.isEmpty { lines.append("") }
                chapter = line.chapter
                lines.append(chapter)
            }
            lines += Self.lines(of: line)
        }
        let counts = ["held", "broken", "not applicable", "not reached"].map { word in
            "\(sentences.count { $0.verdict == word }) \(word)"
        }
        return lines + ["", counts.joined(separator: ", ")]
            + (notice.map { ["notice: \($0.printable)"] } ?? [])
    }

    private static let marks = [
        "held": "✓", "broken": "✗", "not applicable": "-", "not reached": "·",
    ]

    private static func lines(of line: Line) -> [String] {
        let number = String(repeating: " ", count: line.number < 10 ? 1 : 0) + "\(line.number)"
        let head = "  \(marks[line.verdict] ?? "?") \(number)  \(line.words)"
        switch line.verdict {
        case "held": return [line.seen.isEmpty ? head : "\(head) (\(line.seen.printable))"]
        case "broken":
            return [
                head, "        seen: \(line.seen.printable)", "        do:   \(line.remedy ?? "")",
            ]
        default: return ["\(head) (\(line.verdict): \(line.seen.printable))"]
        }
    }
}
