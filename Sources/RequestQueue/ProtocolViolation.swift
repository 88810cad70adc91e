// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI

/// A scorer's lie: the end of its lane and of its run.
///
/// Errors: nothing mends it. What the scorer had not begun goes elsewhere; the run is reported.
public struct ProtocolViolation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The rule that was broken.
    public enum Rule: UInt32, Sendable, CaseIterable {
        /// `done` moved by more than could be outstanding.
        case doneJumped = 1
        /// No such slot.
        case slotOutOfRange
        /// An answer where no request is.
        case slotFree
        /// An answer to another request than the slot holds.
        case wrongTicket
        /// An outcome that does not exist or does not fit the request.
        case wrongOutcome
        /// Not an HTTP status.
        case wrongStatus
        /// An answer that is not in its area.
        case outsideArea
        /// More parts unread than allowed.
        case tooManyParts
        /// An answer to a request that had been withdrawn before it was begun.
        case begunAfterCancel
        /// Declined though neither withdrawn nor late.
        case declinedUnasked
        /// A packet that is not one.
        case badPacket
    }

    /// The rule that was broken.
    public let rule: Rule

    init?(_ violation: lane_violation) {
        guard let rule = Rule(rawValue: violation.rawValue) else { return nil }
        self.rule = rule
    }

    /// What the scorer did, as a sentence about it.
    public var description: String {
        let words = lane_violation_text(lane_violation(rawValue: rule.rawValue))
        return "the scorer " + (words.map { String(cString: $0) } ?? "broke a rule")
    }
}
