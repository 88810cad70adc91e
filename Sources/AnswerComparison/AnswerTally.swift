// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What many pairs of answers differed in, in bounded room however many there were.
///
/// The first of a pair is what callers get, the second what is tried out: of a live and a mirrored
/// deployment, or of an old and a new revision.
public struct AnswerTally: Codable, Sendable, Hashable {
    /// What was found at one place of the answers' bodies.
    public struct Output: Codable, Sendable, Hashable {
        /// Values that both answers had.
        public var compared: UInt64 = 0
        /// Those of them that differed by more than they may.
        public var differing: UInt64 = 0
        /// The largest difference of two numbers; nothing where there were none.
        public var largestDifference: Double?
        /// How often something there was in the second answer only.
        public var appeared: UInt64 = 0
        /// How often something there was in the first answer only.
        public var went: UInt64 = 0
    }

    /// How often two statuses came together that differ.
    public struct StatusCount: Codable, Sendable, Hashable {
        /// The two.
        public var statuses: StatusPair
        /// How often.
        public var count: UInt64
    }

    /// Most outputs told apart.
    private static let outputLimit = AnswerDifference.placeLimit
    /// Most pairs of statuses told apart.
    private static let statusLimit = 32
    /// Longest path that is shown, in bytes; of a longer one its beginning.
    private static let pathLimit = 120

    /// Pairs whose answers are equal, or differ by no more than they may.
    public private(set) var equal: UInt64 = 0
    /// Pairs whose answers differ.
    public private(set) var different: UInt64 = 0
    /// Pairs of one status of which a body was not kept: it was too long or came in parts, or there
    /// was no room for it.
    public private(set) var uncompared: UInt64 = 0
    /// The statuses that differed.
    public private(set) var statuses: [StatusCount] = []
    /// What was found, by place: `predictions[]` is every element of that array, `$` a whole body.
    public private(set) var outputs: [String: Output] = [:]
    /// How long the first answers took.
    public private(set) var firstLatencies = AnswerLatencies()
    /// How long the second answers took.
    public private(set) var secondLatencies = AnswerLatencies()

    /// Has seen nothing yet.
    public init() {}

    /// All pairs that were asked for.
    public var pairs: UInt64 { equal + different + uncompared }

    /// Counts a pair that could not be kept.
    public mutating func skip() { uncompared += 1 }

    /// Adds what a pair differed in.
    public mutating func add(_ difference: AnswerDifference) {
        firstLatencies.add(microseconds: difference.microseconds.first)
        secondLatencies.add(microseconds: difference.microseconds.second)
        if !difference.isEqual {
            different += 1
        } else if difference.lacksBody {
            uncompared += 1
        } else {
            equal += 1
        }
        if let statuses = difference.statuses { count(statuses) }
        for (path, place) in difference.places { add(place, at: Self.shown(path)) }
    }

    private mutating func count(_ pair: StatusPair) {
        if let known = statuses.firstIndex(where: { $0.statuses == pair }) {
            statuses[known].count += 1
        } else if statuses.count < Self.statusLimit {
            statuses.append(StatusCount(statuses: pair, count: 1))
        }
    }

    private mutating func add(_ place: AnswerDifference.Place, at path: String) {
        var output = Output()
        if let known = outputs[path] {
            output = known
        } else if outputs.count >= Self.outputLimit {
            return
        }
        output.compared += place.compared
        output.differing += place.differing
        output.appeared += place.appeared
        output.went += place.went
        if let largest = place.largest {
            output.largestDifference = max(output.largestDifference ?? 0, largest)
        }
        outputs[path] = output
    }

    /// A path as it can be shown: the names in it are a stranger's.
    private static func shown(_ path: String) -> String {
        let scalars = path.unicodeScalars.lazy.map { scalar in
            scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) ? "?" : scalar
        }
        var shown = String.UnicodeScalarView()
        var length = 0
        for scalar in scalars {
            length += UTF8.width(scalar)
            guard length <= pathLimit else { break }
            shown.append(scalar)
        }
        return String(shown)
    }
}
