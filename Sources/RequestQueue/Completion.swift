// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI

/// What became of one request: checked against what the gateway itself knows.
///
/// Head and body still lie in memory that the scorer can write, so they can be copied out and in
/// no other way be looked at: copy, then parse. A completion lives while `Lane.drain` shows it.
public struct Completion: ~Copyable {
    /// The ways in which a request can go on or end.
    public enum Outcome: Hashable, Sendable {
        /// The whole answer.
        case answer
        /// A part of the answer; the slot stays taken and more follow once it is acknowledged.
        case part
        /// The last part.
        case last
        /// Withdrawn or late: the scorer's code never saw it.
        case declined
        /// The answer to a ping.
        case pong
    }

    private let completion: lane_completion

    init(_ completion: lane_completion) {
        self.completion = completion
    }

    /// The request.
    public var ticket: Ticket { Ticket(completion.ticket) }

    /// What became of it.
    public var outcome: Outcome {
        switch completion.outcome {
        case SCORER_OUTCOME_ANSWER: .answer
        case SCORER_OUTCOME_PART: .part
        case SCORER_OUTCOME_LAST: .last
        case SCORER_OUTCOME_DECLINED: .declined
        default: .pong
        }
    }

    /// The HTTP status, 200 to 599; 0 for `declined` and `pong`.
    public var status: Int { Int(completion.status) }

    /// Bytes of the head: header lines, for a part only with the first.
    public var headLength: Int { Int(completion.head_length) }

    /// Bytes of the body.
    public var bodyLength: Int { Int(completion.body_length) }

    /// Copies the head out; the destination must hold `headLength` bytes.
    public func copyHead(to destination: UnsafeMutableRawBufferPointer) {
        copy(completion.head, headLength, to: destination)
    }

    /// Copies the body out; the destination must hold `bodyLength` bytes.
    public func copyBody(to destination: UnsafeMutableRawBufferPointer) {
        copy(completion.body, bodyLength, to: destination)
    }

    /// A copy of the head.
    public func head() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: headLength) { buffer, count in
            copyHead(to: UnsafeMutableRawBufferPointer(buffer))
            count = headLength
        }
    }

    /// A copy of the body.
    public func body() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bodyLength) { buffer, count in
            copyBody(to: UnsafeMutableRawBufferPointer(buffer))
            count = bodyLength
        }
    }

    private func copy(
        _ source: UnsafeRawPointer?,
        _ length: Int,
        to destination: UnsafeMutableRawBufferPointer
    ) {
        precondition(destination.count >= length, "no room for \(length) bytes")
        destination.copyMemory(from: UnsafeRawBufferPointer(start: source, count: length))
    }
}
