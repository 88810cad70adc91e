// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One decision in the making.
struct Deliberation {
    let now: Moment
    let event: Event
    let policy: Policy
    private var turns: [Decision.Turn] = []
    private(set) var steps: [Decision.Step] = []
    private var refusal: Problem?
    /// Grows with every change: steering goes on until a whole pass adds nothing.
    private(set) var changes = 0

    init(_ event: Event, at now: Moment, by policy: Policy) {
        self.now = now
        self.event = event
        self.policy = policy
    }

    var isRefused: Bool { refusal != nil }

    mutating func add(_ effect: Effect, because reason: String) {
        steps.append(Decision.Step(effect: effect, reason: reason))
        changes += 1
    }

    mutating func note(_ instance: InstanceID, is state: StateName, because reason: String) {
        turns.append(Decision.Turn(instance: instance, state: state, reason: reason))
        changes += 1
    }

    mutating func noteChange() { changes += 1 }

    mutating func refuse(_ problem: Problem) { refusal = problem }

    var decision: Decision {
        Decision(moment: now, event: event, turns: turns, steps: steps, refusal: refusal)
    }
}
