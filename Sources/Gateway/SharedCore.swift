// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Wire

/// Keeps the loop on its core while scorers share that with it: a hand-over to another core costs
/// more than a short call.
struct SharedCore {
    private var guests = 0
    private var binding: GatewayCoreBinding?

    /// A scorer's lane is there; on the loop's own thread, as `leave` is.
    mutating func enter() {
        guests += 1
        guard guests == 1 else { return }
        // Without it the loop goes where the kernel likes: slower, and nothing is lost.
        binding = try? GatewayCoreBinding()
    }

    /// A scorer's lane has ended.
    mutating func leave() {
        guests -= 1
        guard guests == 0 else { return }
        binding?.release()
        binding = nil
    }
}
