// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A figure that a scorer publishes of its own work.
///
/// Shape: the name follows Prometheus' rule and is none of ours, the value is a finite number and,
/// for a counter, not negative: the gateway believes no other.
public struct ScorerMetric: Codable, Sendable, Hashable {
    /// What its value does.
    public enum Kind: String, Codable, Sendable {
        /// It grows, from zero with each process.
        case counter
        /// It goes up and down.
        case gauge
    }

    /// Its name.
    public var name: String
    /// What its value does.
    public var kind: Kind
    /// Its value when it was told last.
    public var value: Double

    /// Makes a metric.
    public init(name: String, kind: Kind, value: Double) {
        self.name = name
        self.kind = kind
        self.value = value
    }
}
