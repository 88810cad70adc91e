// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A decision, and what would be known once it is taken: nothing has changed yet.
///
/// The rulebook that made it accepts it (`Rulebook.accept`) or forgets it; it is worth nothing once
/// that one has accepted another.
public struct Proposal: Sendable {
    /// The decision.
    public let decision: Decision
    /// What would be known of the machine and of `scope`.
    let outcome: Rulebook
    /// The endpoints that were looked at, in order; nothing: all of them.
    let scope: [EndpointName]?

    /// Whether everything was looked at.
    package var isOfAll: Bool { scope == nil }
}

extension Rulebook {
    /// Says what to do about an event, and changes nothing yet.
    ///
    /// Shape: `now` never goes back within a life of the supervisor.
    public func consider(_ event: Event, at now: Moment) -> Proposal {
        consider(event, at: now, by: .standard)
    }

    /// The same by another policy: for the simulation.
    package func consider(_ event: Event, at now: Moment, by policy: Policy) -> Proposal {
        if let scope = scope(of: event, at: now, policy) {
            var part = restricted(to: scope)
            let decision = part.decideOnAll(event, at: now, by: policy)
            if isContained(part, in: scope, policy) {
                return Proposal(decision: decision, outcome: part, scope: scope)
            }
        }
        return considerAll(event, at: now, by: policy)
    }

    /// The same by looking at every endpoint, whatever the event is about.
    package func considerAll(_ event: Event, at now: Moment, by policy: Policy) -> Proposal {
        var all = self
        let decision = all.decideOnAll(event, at: now, by: policy)
        return Proposal(decision: decision, outcome: all, scope: nil)
    }

    /// Takes a decision.
    public mutating func accept(_ proposal: Proposal) {
        guard let scope = proposal.scope else {
            self = proposal.outcome
            return workOut()
        }
        take(proposal.outcome, of: scope)
        workOut(scope)
    }

    /// What a decision would change of what is kept.
    public func changes(by proposal: Proposal) -> RulebookChanges {
        changes(by: proposal, .standard)
    }

    /// The same by another policy: for the simulation.
    package func changes(by proposal: Proposal, _ policy: Policy) -> RulebookChanges {
        let before = proposal.scope.map { restricted(to: $0) } ?? self
        var changes = RulebookChanges(from: before, to: proposal.outcome)
        changes.keep(only: policy.mustWrite)
        return changes
    }
}
