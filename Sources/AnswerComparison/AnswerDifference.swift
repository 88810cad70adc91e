// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What two answers to one request differ in.
///
/// Shape: two bodies that are JSON are compared value by value, numbers by what they mean and members
/// by their names; any other two byte by byte. A place in a body is named as a path: `predictions[]`
/// is every element of that array, `$` the whole body.
public struct AnswerDifference: Sendable {
    /// What was found at one place of the bodies, all elements of an array together.
    struct Place: Sendable, Hashable {
        /// Values that both have.
        var compared: UInt64 = 0
        /// Those of them that differ by more than they may.
        var differing: UInt64 = 0
        /// The largest difference of two numbers there; nothing where none were.
        var largest: Double?
        /// Members or elements that only the second has.
        var appeared: UInt64 = 0
        /// Members or elements that only the first has.
        var went: UInt64 = 0
    }

    /// Most places that are told apart; what is at others counts for whether the answers are equal.
    static let placeLimit = 128
    /// The statuses, where they differ.
    let statuses: StatusPair?
    /// Whether a body is missing: then it was not compared.
    let lacksBody: Bool
    /// Whether status and body are equal, or differ by no more than they may.
    public let isEqual: Bool
    let places: [String: Place]
    let microseconds: (first: UInt64, second: UInt64)

    /// Compares two answers; numbers that differ by `tolerance` of the larger or less are equal.
    public init(_ first: ComparedAnswer, _ second: ComparedAnswer, tolerance: Double = 0) {
        statuses =
            first.status == second.status
            ? nil : StatusPair(first: first.status, second: second.status)
        microseconds = (first.microseconds, second.microseconds)
        lacksBody = first.body == nil || second.body == nil
        var comparison = Comparison(tolerance: tolerance)
        if let one = first.body, let other = second.body { comparison.compare(one, other) }
        isEqual = statuses == nil && comparison.isEqual
        places = comparison.places
    }

    /// Walks through two bodies.
    private struct Comparison {
        let tolerance: Double
        var places: [String: Place] = [:]
        var isEqual = true

        init(tolerance: Double) {
            self.tolerance = tolerance
        }

        mutating func compare(_ first: [UInt8], _ second: [UInt8]) {
            if let one = JSONValue(first), let other = JSONValue(second) {
                compare(one, other, at: "")
            } else {
                note("$", isEqual: first == second)
            }
        }

        private mutating func compare(_ first: JSONValue, _ second: JSONValue, at path: String) {
            switch (first, second) {
            case (.object(let one), .object(let other)): compare(one, other, at: path)
            case (.array(let one), .array(let other)): compare(one, other, at: path + "[]")
            case (.integer(let one), .integer(let other)):
                let distance = UInt64(bitPattern: max(one, other) &- min(one, other))
                let larger = max(one.magnitude, other.magnitude)
                note(path, distance: Double(distance), of: Double(larger))
            default:
                if let one = first.asNumber, let other = second.asNumber {
                    compare(one, other, at: path)
                } else {
                    note(path, isEqual: first == second)
                }
            }
        }

        private mutating func compare(
            _ first: [String: JSONValue],
            _ second: [String: JSONValue],
            at path: String
        ) {
            let before = path.isEmpty ? "" : path + "."
            // In order, so that what is told apart is the same every time.
            for (name, one) in first.sorted(by: { $0.key < $1.key }) {
                if let other = second[name] {
                    compare(one, other, at: before + name)
                } else {
                    change(before + name) { $0.went += 1 }
                }
            }
            for name in second.keys.sorted() where first[name] == nil {
                change(before + name) { $0.appeared += 1 }
            }
        }

        private mutating func compare(
            _ first: [JSONValue],
            _ second: [JSONValue],
            at path: String
        ) {
            for (one, other) in zip(first, second) { compare(one, other, at: path) }
            let more = second.count - first.count
            if more > 0 { change(path) { $0.appeared += UInt64(more) } }
            if more < 0 { change(path) { $0.went += UInt64(-more) } }
        }

        private mutating func compare(_ first: Double, _ second: Double, at path: String) {
            if first == second || (first.isNaN && second.isNaN) {
                note(path, distance: 0, of: 0)
            } else {
                note(path, distance: abs(first - second), of: max(abs(first), abs(second)))
            }
        }

        /// Two numbers; one that is no finite number differs from any other by no figure.
        private mutating func note(_ path: String, distance: Double, of larger: Double) {
            let differs = !(distance <= tolerance * larger) && distance != 0
            if differs { isEqual = false }
            place(path) { place in
                place.compared += 1
                if differs { place.differing += 1 }
                if distance.isFinite { place.largest = max(place.largest ?? 0, distance) }
            }
        }

        private mutating func note(_ path: String, isEqual same: Bool) {
            if !same { isEqual = false }
            place(path) { place in
                place.compared += 1
                if !same { place.differing += 1 }
            }
        }

        /// Something is on one side only.
        private mutating func change(_ path: String, _ body: (inout Place) -> Void) {
            isEqual = false
            place(path, body)
        }

        private mutating func place(_ path: String, _ body: (inout Place) -> Void) {
            let name = path.isEmpty ? "$" : path
            if var known = places[name] {
                body(&known)
                places[name] = known
            } else if places.count < AnswerDifference.placeLimit {
                var new = Place()
                body(&new)
                places[name] = new
            }
        }
    }
}

/// Two statuses that differ.
public struct StatusPair: Codable, Sendable, Hashable {
    /// The first answer's.
    public let first: Int
    /// The second answer's.
    public let second: Int
}

extension JSONValue {
    fileprivate var asNumber: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
