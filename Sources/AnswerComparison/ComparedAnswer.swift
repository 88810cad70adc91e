// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// One of the two answers to the same request.
public struct ComparedAnswer: Sendable, Hashable {
    /// Its HTTP status.
    public var status: Int
    /// Its body; nothing where it was too long to keep, or came in parts.
    public var body: [UInt8]?
    /// How long it took.
    public var microseconds: UInt64

    /// Makes an answer.
    public init(status: Int, body: [UInt8]?, microseconds: UInt64) {
        self.status = status
        self.body = body
        self.microseconds = microseconds
    }
}
