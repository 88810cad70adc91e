// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What an instance, a node or the gateway remembers of its deaths.
package struct RestartHistory: Codable, Hashable, Sendable {
    /// Where the next death stands in the table of waits.
    package private(set) var step = 0
    /// Starts in a row that ended before anything could be answered.
    package private(set) var unreadyStarts = 0

    /// Makes the memory of something that has never died.
    package init() {}

    /// Notes a death and says how long to wait.
    ///
    /// Shape: `servedSince` is when the life that ended began to serve; nothing when it never did.
    mutating func noteDeath(servedSince: Moment?, at now: Moment, _ policy: Policy) -> Duration {
        if let servedSince {
            unreadyStarts = 0
            if now - servedSince >= BackOff.health { step = 0 }
        } else {
            unreadyStarts += 1
            step = max(step, 1)
        }
        let delay = policy.delay(step)
        step = min(step + 1, 10)
        return delay
    }
}
