// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestQueue

/// What a scorer can be caught at whatever is being tried: each breaks one sentence.
enum Lie: Hashable, Sendable {
    /// What the gateway's end of the lane finds in every completion and packet.
    case rule(ProtocolViolation.Rule)
    /// A completion of a request that was never marked as taken.
    case untaken
    /// The answer to another request that was under way.
    case anothersAnswer
    /// An echo that is not what was asked.
    case otherBytes
    /// More bells than the gateway had announced to sleep.
    case bells
    /// A descriptor beside a packet.
    case descriptors
    /// Header lines of an answer that are not HTTP.
    case headerLines
}
