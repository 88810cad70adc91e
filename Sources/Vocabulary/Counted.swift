// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A number of things as a sentence counts them: `1 instance`, `2 of 3 instances`, `0 processes`.
public struct Counted: CustomStringConvertible, Sendable {
    private let number: Int
    private let total: Int?
    private let noun: String
    private let plural: String

    /// Counts `number` things, of `total` where that is said.
    ///
    /// Shape: `plural` is needed where it is not the noun and an `s`.
    public init(_ number: Int, of total: Int? = nil, _ noun: String, plural: String? = nil) {
        self.number = number
        self.total = total
        self.noun = noun
        self.plural = plural ?? noun + "s"
    }

    /// The number and its noun.
    public var description: String {
        if let total { return "\(number) of \(Counted(total, noun, plural: plural))" }
        return "\(number) \(number == 1 ? noun : plural)"
    }

    /// The verb that goes with it: `1 of 3 instances` serves, as `0 of 1 instance` does.
    public func verb(_ singular: String, _ plural: String) -> String {
        number == 1 || total == 1 ? singular : plural
    }
}
