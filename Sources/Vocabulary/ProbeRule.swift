// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How a scorer that serves is asked whether it is well, with Azure's fields and defaults.
///
/// Asked is its real work loop, by a ping in its lane. A slow start is no probe's business: until a
/// run is ready, its start deadline alone counts.
///
/// Source: Azure Machine Learning, "CLI (v2) managed online deployment YAML schema": `ProbeSettings`.
public struct ProbeRule: Codable, Hashable, Sendable {
    /// How long after it was ready it is asked first.
    public var initialDelay: Duration
    /// From one question to the next.
    public var period: Duration
    /// How long an answer may take.
    public var timeout: Duration
    /// Answers in a row after which one that was not well is well again.
    public var successThreshold: Int
    /// Unanswered questions in a row after which it is not well.
    public var failureThreshold: Int

    /// Whether anything can come of it.
    public var isSound: Bool {
        initialDelay >= .zero && period > .zero && timeout > .zero && successThreshold > 0
            && failureThreshold > 0
    }

    /// Makes a rule; what is left out is as Azure has it.
    public init(
        initialDelay: Duration = .seconds(10),
        period: Duration = .seconds(10),
        timeout: Duration = .seconds(2),
        successThreshold: Int = 1,
        failureThreshold: Int = 30
    ) {
        self.initialDelay = initialDelay
        self.period = period
        self.timeout = timeout
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
    }
}

/// What a probe decides about.
public enum ProbeKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Whether the scorer is ended and started again.
    case liveness
    /// Whether the scorer is given requests.
    case readiness
}
