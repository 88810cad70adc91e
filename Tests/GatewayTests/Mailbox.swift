// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Wire

/// Things that threads hand to a test, which waits for the one that it wants.
///
/// A watchdog of twenty seconds turns a wait for ever into a failure.
final class Mailbox<Thing: Sendable>: @unchecked Sendable {
    // Every access to `things` happens under `condition`.
    private let condition = NSCondition()
    private var things: [Thing] = []
    private var kept: [Descriptor] = []

    func put(_ thing: Thing, _ descriptors: [Descriptor] = []) {
        condition.lock()
        things.append(thing)
        kept += descriptors
        condition.broadcast()
        condition.unlock()
    }

    /// Takes what is picked first, and what came before it.
    @discardableResult
    func take<Found>(_ pick: (Thing) -> Found?) throws -> Found {
        let limit = Date(timeIntervalSinceNow: 20)
        condition.lock()
        defer { condition.unlock() }
        while true {
            while !things.isEmpty {
                if let found = pick(things.removeFirst()) { return found }
            }
            guard condition.wait(until: limit) else { throw Stuck(what: "nothing came") }
        }
    }

    /// Descriptors that came with what was put.
    func takeDescriptors() -> [Descriptor] {
        condition.lock()
        defer { condition.unlock() }
        defer { kept = [] }
        return kept
    }
}
