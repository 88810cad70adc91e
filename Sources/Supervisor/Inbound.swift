// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ModelStore
import Rulebook
import Vocabulary
import Wire

/// Everything that can arrive at the supervisor's one door, in the order in which it came.
enum Inbound: Sendable {
    /// Something happened that the rulebook knows a word for.
    case event(Event)
    /// A connection to a node stands, or could not be made.
    case nodeReached(NodeName, Result<PacketSocket, Problem>)
    /// A node spoke over its connection number `connection`.
    case node(NodeName, connection: Int, PeerConnection<NodeReport>.News)
    /// A connection to the gateway stands, or could not be made.
    case gatewayReached(Result<PacketSocket, Problem>)
    /// The gateway spoke over its connection number `connection`.
    case gateway(connection: Int, PeerConnection<GatewayReport>.News)
    /// It is time to look whether the nodes answer.
    case look
    /// The moment that the alarm was set for has come.
    case alarm
    /// A person or the machine wants the server to end; again: at once.
    case leave
    /// Another executable takes the server over: nothing is drained.
    case handOver(Successor)
}
