// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One reserved place of a deployment, through all its runs.
package struct Instance: Codable, Equatable, Sendable {
    /// Who it is.
    package let id: InstanceID
    /// What it serves, all its life: another revision is another instance.
    package let revision: Revision
    /// What it is doing.
    package internal(set) var state: InstanceState
    /// Since when.
    package internal(set) var since: Moment
    /// The number of its newest run; 0 before the first.
    var incarnation = 0
    /// The instance that it shall serve in place of, whose node is drained or silent or holds more
    /// than others do.
    var replaces: InstanceID?
    /// Whether it does so for evenness alone.
    var evens: Bool?
    /// How often it was started after the first time.
    var restarts = 0
    /// What it remembers of its deaths.
    var history = RestartHistory()
    /// What went wrong last.
    var problem: String?
    /// Why it is in its state.
    var reason: String

    /// The run after the newest.
    mutating func nextRun() -> Run {
        if incarnation > 0 { restarts += 1 }
        incarnation += 1
        return Run(instance: id, incarnation: incarnation)
    }

    /// Makes sure that no later run gets the number of this one.
    mutating func note(incarnation other: Int) {
        incarnation = max(incarnation, other)
    }

    var isServing: Bool { state.lease != nil && !isUnready }

    /// Whether its readiness probe has failed.
    var isUnready: Bool {
        if case .serving(let serving) = state { serving.probes?.isUnready == true } else { false }
    }

    /// Since when it has served; nothing when its present run never has.
    var servedSince: Moment? {
        switch state {
        case .serving(let state): state.lease.since
        case .starting(let state): state.servedSince
        case .stopping(let state): state.servedSince
        case .waiting, .comparing, .draining, .backingOff, .failed: nil
        }
    }

    /// Since when its present run could answer, whether anybody got its answers or not.
    var readySince: Moment? {
        switch state {
        case .comparing(let state): state.since
        case .starting(let state): state.servedSince ?? state.readySince
        case .waiting, .serving, .draining, .stopping, .backingOff, .failed: servedSince
        }
    }
}
