// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How a new revision takes over; nothing stands where the document says nothing.
public struct RolloutSettings: Hashable, Codable, Sendable {
    /// What is made of answers that differ from the old revision's.
    public enum Comparison: String, Codable, Sendable, CaseIterable {
        /// None are compared.
        case off
        /// They are told.
        case report
        /// They halt the rollout.
        case require
    }

    /// What is made of answers that differ.
    public var comparison: Comparison?
    /// How far two numbers may lie apart and count as equal, as a share of the larger.
    public var tolerance: Double?
    /// How many live requests are scored by both revisions.
    public var comparedRequests: Int?
    /// The percentage of failed answers beyond which a revision is rolled back.
    public var failurePercent: Int?
    /// How many answers there must be before that percentage counts.
    public var failureRequests: Int?

    /// Says nothing.
    public init() {}
}

/// What `properties` say of rollouts.
extension DeploymentSettingsReader {
    /// Keys of ours about rollouts.
    static let rolloutProperties = [
        "scorekeeper.rollout.compare", "scorekeeper.rollout.compare_requests",
        "scorekeeper.rollout.tolerance", "scorekeeper.rollout.failure_percent",
        "scorekeeper.rollout.failure_requests",
    ]

    mutating func readRollout(_ entry: YAMLEntry) {
        let (value, key) = (entry.value, entry.key)
        switch key {
        case "scorekeeper.rollout.compare":
            settings.rollout.comparison =
                values.word(value, key, RolloutSettings.Comparison.self)
        case "scorekeeper.rollout.compare_requests":
            settings.rollout.comparedRequests =
                values.integer(value, key, in: 1...1_000, isQuotable: true)
        case "scorekeeper.rollout.tolerance":
            settings.rollout.tolerance = values.decimal(value, key, in: 0...1e9, isQuotable: true)
        case "scorekeeper.rollout.failure_percent":
            settings.rollout.failurePercent =
                values.integer(value, key, in: 1...100, isQuotable: true)
        default:
            settings.rollout.failureRequests =
                values.integer(value, key, in: 1...1_000_000, isQuotable: true)
        }
    }

    /// Refuses what is said of a comparison that is not made, and tells what one costs.
    mutating func checkRollout() {
        tellSecondCall()
        if settings.rollout.comparison == nil,
            let place = manifest.places["scorekeeper.rollout.compare_requests"]
        {
            values.findings.note(
                "notUsed",
                "'scorekeeper.rollout.compare_requests' is accepted and not used: no answers are "
                    + "compared where 'scorekeeper.rollout.compare' is left out",
                at: place
            )
        }
        guard settings.rollout.comparison == .off else { return }
        for key in ["scorekeeper.rollout.tolerance", "scorekeeper.rollout.compare_requests"] {
            guard let place = manifest.places[key] else { continue }
            values.findings.refuse(
                "comparisonOff",
                "'\(key)' is about comparing, and 'scorekeeper.rollout.compare' is 'off'",
                "remove it, or write 'report' there",
                at: place
            )
        }
    }

    /// Whoever says that no request is scored twice is told where one is.
    private mutating func tellSecondCall() {
        guard settings.retry == .never, settings.rollout.comparison ?? .off != .off,
            let place = manifest.places["scorekeeper.rollout.compare"]
        else { return }
        values.findings.note(
            "comparisonAsksAgain",
            "'scorekeeper.rollout.compare': a new revision is asked recent requests once more, "
                + "though 'scorekeeper.retry' is 'never'",
            at: place
        )
    }
}
