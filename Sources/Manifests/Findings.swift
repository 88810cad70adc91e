// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What reading a text turned up: every problem and every notice, each with its place.
///
/// Readers go on after a problem, so that a person sees them all at once; only an input that cannot
/// be read any further ends early. The number is bounded: a hostile file must not cost more memory
/// in complaints than it has bytes.
public struct Findings: Sendable {
    /// Most problems that are kept; the ones after it are only counted.
    static let limit = 100

    /// What refuses the input, in the order of discovery.
    public private(set) var problems: [Problem] = []
    /// What a person should know besides.
    public private(set) var notices: [Notice] = []
    /// Problems beyond the limit.
    public private(set) var uncounted = 0

    /// Makes an empty list.
    public init() {}

    /// Whether nothing refuses the input.
    public var isClean: Bool { problems.isEmpty }

    /// Whether a further problem would only be counted: nobody reads what it says.
    var isFull: Bool { problems.count >= Self.limit }

    /// Adds a problem.
    public mutating func add(_ problem: Problem) {
        if isFull {
            uncounted += 1
        } else {
            problems.append(problem)
        }
    }

    /// Adds a notice.
    public mutating func add(_ notice: Notice) {
        if notices.count < Self.limit { notices.append(notice) }
    }

    /// Adds everything that another reading turned up.
    public mutating func add(_ other: Findings) {
        for problem in other.problems { add(problem) }
        for notice in other.notices { add(notice) }
        uncounted += other.uncounted
    }

    /// Adds a problem of kind `invalid`.
    mutating func refuse(
        _ code: String,
        _ what: String,
        _ remedy: String = "",
        at location: Problem.Location?
    ) {
        add(Problem(.invalid, code: code, what: what, remedy: remedy, location: location))
    }

    /// Adds a notice.
    mutating func note(_ code: String, _ text: String, at location: Problem.Location?) {
        add(Notice(code: code, text: text, location: location))
    }
}

/// A value read from a text, with what was found on the way.
///
/// Shape: `value` is there exactly when `findings.isClean`.
public struct Reading<Value: Sendable>: Sendable {
    /// What was read; nothing when a problem was found.
    public let value: Value?
    /// What was found on the way.
    public let findings: Findings

    /// Makes a reading; a value with problems is dropped.
    init(_ value: Value?, _ findings: Findings) {
        self.value = findings.isClean ? value : nil
        self.findings = findings
    }

    /// The value, or the first problem.
    public func get() throws(Problem) -> Value {
        if let value { return value }
        throw findings.problems.first
            ?? Problem(.failed, code: "noValue", what: "cannot read the input")
    }
}
