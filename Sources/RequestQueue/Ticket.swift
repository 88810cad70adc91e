// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI

/// A request's claim on its lane: a number that never repeats there, and the slot it is in.
public struct Ticket: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number, from 1 in the order of posting.
    public let number: UInt64
    /// The slot.
    public let slot: Int

    init(_ ticket: lane_ticket) {
        self.number = ticket.number
        self.slot = Int(ticket.slot)
    }

    var claim: lane_ticket { lane_ticket(number: number, slot: UInt32(slot)) }

    /// The number and the slot.
    public var description: String { "\(number) in slot \(slot)" }

    /// Whether one was posted before the other.
    public static func < (left: Ticket, right: Ticket) -> Bool { left.number < right.number }
}

/// What became of the wish to take a request back.
public enum CancelOutcome: Hashable, Sendable {
    /// The scorer will never begin it: it may go elsewhere at once.
    case withdrawn
    /// The scorer has begun it, or is done with it: its completion comes or has come.
    case begun
}
