// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a new revision answered to recent requests, beside what callers were answered by the one
/// before it.
public struct RevisionComparison: Codable, Hashable, Sendable {
    /// What was found at one place of the answers' bodies: `predictions[]` is every element of that
    /// array, `$` a whole body.
    public struct Output: Codable, Hashable, Sendable {
        /// The place.
        public var path: String
        /// Values that both answers had there.
        public var compared: Int
        /// Those of them that differ by more than they may.
        public var differing: Int
        /// The largest difference of two numbers; nothing where there were none.
        public var largest: Double?
        /// How often something there was in the new answer only.
        public var appeared: Int
        /// How often something there was in the old answer only.
        public var went: Int

        /// Tells of a place.
        public init(
            path: String,
            compared: Int = 0,
            differing: Int = 0,
            largest: Double? = nil,
            appeared: Int = 0,
            went: Int = 0
        ) {
            self.path = path
            self.compared = compared
            self.differing = differing
            self.largest = largest
            self.appeared = appeared
            self.went = went
        }

        /// Whether the two revisions differ there.
        public var isDifferent: Bool { differing + appeared + went > 0 }
    }

    /// Two statuses that came together and differ.
    public struct Statuses: Codable, Hashable, Sendable {
        /// The old answer's.
        public var old: Int
        /// The new answer's.
        public var new: Int
        /// How often.
        public var count: Int

        /// Tells of a pair.
        public init(old: Int, new: Int, count: Int) {
            self.old = old
            self.new = new
            self.count = count
        }
    }

    /// Most places and pairs of statuses that are remembered; those that differ go first.
    public static let outputLimit = 32

    /// Recent requests that there were.
    public var requests = 0
    /// Those whose two answers are equal, or differ by no more than they may.
    public var equal = 0
    /// Those whose two answers differ.
    public var different = 0
    /// Those that the new revision did not answer in their time.
    public var unanswered = 0
    /// Those that only the new revision failed, its missing answers among them.
    public var failed = 0
    /// Those with an answer that was too long to keep, or came in parts.
    public var uncompared = 0
    /// Whether the time was over before all of them had been asked.
    public var isCutShort = false
    /// What was found, in order of path.
    public var outputs: [Output] = []
    /// The statuses that differ.
    public var statuses: [Statuses] = []
    /// Half of the old answers took no longer, in microseconds; nothing where there were none.
    public var oldMedian: Int?
    /// Half of the new answers took no longer, in microseconds; nothing where there were none.
    public var newMedian: Int?

    /// Nothing was found yet.
    public init() {}

    /// Requests whose answers were compared, or of which one is missing.
    public var compared: Int { equal + different + unanswered }

    /// Those of them whose answers are not the same.
    public var differing: Int { different + unanswered }

    /// The same without what is too much to remember.
    package var bounded: RevisionComparison {
        var bounded = self
        let first = outputs.filter(\.isDifferent) + outputs.filter { !$0.isDifferent }
        bounded.outputs = first.prefix(Self.outputLimit).sorted { $0.path < $1.path }
        bounded.statuses = Array(statuses.prefix(Self.outputLimit))
        return bounded
    }

    /// What differs, in words.
    func differences(of new: Revision, with old: Revision, tolerance: Double) -> String {
        let verb = Counted(differing, of: compared, "answer").verb("differs", "differ")
        var parts = [
            "\(Counted(differing, of: compared, "answer")) of \(new) \(verb) from those of \(old)"
        ]
        if failed > 0 { parts.append("\(failed) that \(old) answers, \(new) fails") }
        let worst = outputs.filter { $0.differing > 0 && $0.largest != nil }
            .max { ($0.largest ?? 0, $1.path) < ($1.largest ?? 0, $0.path) }
        if let worst, let largest = worst.largest {
            let allowed =
                tolerance > 0 ? "allowed \(Self.figure(tolerance)) of the larger" : "none allowed"
            parts.append("the largest in '\(worst.path)': \(Self.figure(largest)), \(allowed)")
        }
        parts += Self.named("appeared", outputs.filter { $0.appeared > 0 })
        parts += Self.named("gone", outputs.filter { $0.went > 0 })
        if worst == nil {
            let otherwise = outputs.filter { $0.differing > 0 && $0.largest == nil }
            parts += Self.named("other values in", otherwise)
        }
        parts += statuses.prefix(Self.named).map { pair in
            "\(pair.old) became \(pair.new)"
                + (pair.count == 1 ? "" : " \(pair.count) times")
        }
        return parts.joined(separator: "; ")
    }

    private static let named = 3

    private static func named(_ what: String, _ outputs: [Output]) -> [String] {
        if outputs.isEmpty { return [] }
        let names = outputs.prefix(named).map { "'\($0.path)'" }.joined(separator: ", ")
        let more = outputs.count > named ? " and \(outputs.count - named) more" : ""
        return ["\(what) \(names)\(more)"]
    }

    /// A number to four digits.
    static func figure(_ number: Double) -> String {
        guard number.isFinite, number > 0 else { return number == 0 ? "0" : "\(number)" }
        var digits = number
        var up = 1.0
        var down = 1.0
        while digits < 1_000, up < 1e18 {
            digits *= 10
            up *= 10
        }
        while digits >= 10_000, down < 1e18 {
            digits /= 10
            down *= 10
        }
        let text = "\(digits.rounded() / up * down)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
