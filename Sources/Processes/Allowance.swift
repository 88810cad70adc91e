// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// So much at once, and so much again with each second.
struct Allowance {
    private let perSecond: Int
    private let burst: Int
    private var left: Int
    private var filledAt: Moment?

    /// Makes a full allowance.
    init(perSecond: Int, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
        self.left = burst
    }

    /// How much of `wanted` may be had now.
    mutating func take(_ wanted: Int, now: Moment) -> Int {
        if let filledAt {
            let passed = Double((now - filledAt).nanosecondsSaturated) / 1e9
            left = min(burst, left + Int(passed * Double(perSecond)))
        }
        filledAt = now
        let taken = min(wanted, left)
        left -= taken
        return taken
    }
}
