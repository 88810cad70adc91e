// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the rulebook made of one event: a row of the journal.
public struct Decision: Codable, Hashable, Sendable {
    /// One effect and why.
    public struct Step: Codable, Hashable, Sendable {
        /// What to do.
        public let effect: Effect
        /// Why, in a sentence.
        public let reason: String
    }

    /// One change of an instance's state and why.
    public struct Turn: Codable, Hashable, Sendable {
        /// The instance.
        public let instance: InstanceID
        /// The state that it is in now.
        public let state: StateName
        /// Why, in a sentence.
        public let reason: String
    }

    /// When it was decided.
    public let moment: Moment
    /// What had happened.
    public let event: Event
    /// How instances changed, in order.
    public let turns: [Turn]
    /// What to do, in order.
    public let steps: [Step]
    /// Why a requested change is refused; then nothing has changed.
    public let refusal: Problem?

    /// What to do, without the reasons.
    public var effects: [Effect] { steps.map(\.effect) }

    /// Whether nothing came of the event: such a decision need not be kept.
    public var isEmpty: Bool { turns.isEmpty && steps.isEmpty && refusal == nil }

    /// What this decision says about one instance, for `explain`; empty when it says nothing.
    public func sentences(about instance: InstanceID) -> [String] {
        turns.filter { $0.instance == instance }.map(\.reason)
            + steps.filter { $0.effect.run?.instance == instance }.map(\.reason)
    }

    /// Every instance that this decision says something about, in order, each once.
    public var instances: [InstanceID] {
        var found: [InstanceID] = []
        for id in turns.map(\.instance) + steps.compactMap({ $0.effect.run?.instance })
        where !found.contains(id) {
            found.append(id)
        }
        return found.sorted()
    }
}

/// The name of an instance's state.
public enum StateName: String, Codable, Hashable, Sendable, CaseIterable {
    /// It holds a reservation and waits for its node.
    case waiting
    /// Its run is on the way to being ready.
    case starting
    /// Its run can answer, and its answers are compared before it is given requests.
    case comparing
    /// Its run may be given requests.
    case serving
    /// Its run finishes the requests that it holds.
    case draining
    /// Its run is being ended.
    case stopping
    /// It waits before it is started again.
    case backingOff
    /// It was given up.
    case failed
    /// It is no more: the last a journal says about it.
    case gone
}
