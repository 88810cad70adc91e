// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Something to do: the only way out.
///
/// Whoever interprets it returns at once; what comes of it comes back as an `Event`. Every effect may be carried out twice, or be lost when the supervisor dies between deciding and
/// acting; steering repeats what is still wanted. Effects are interpreted in the order given.
public enum Effect: Codable, Hashable, Sendable {
    /// Build the revision's environment: `prepared` or `preparationFailed`.
    case prepare(DeploymentKey, Revision)
    /// Nobody uses the revision any more: its copy of the model may be removed, and a preparation
    /// under way abandoned.
    case discard(DeploymentKey, Revision)
    /// Start a process: `spawned` or `nodeRefused`.
    case spawn(Run, on: NodeName, revision: Revision)
    /// End the run's whole tree now: `exited`.
    case end(Run, on: NodeName)
    /// Hand the gateway its end of the run's lane, asking the node for it where need be: `ready` or
    /// `startFailed`.
    case openLane(Run, on: NodeName, revision: Revision)
    /// Have the run's scorer asked whether it is well: `probed`.
    case probe(Run, ProbeKind, timeout: Duration)
    /// Have the run's scorer asked what callers asked the revision before it lately, and the answers
    /// compared: `compared`.
    case compare(Run, of: Revision, with: Revision, ComparisonRule)
    /// Let the gateway bind no more requests to the run, and tell its scorer to leave: `drained`.
    case drain(Run)
    /// The run is gone: let the gateway settle what it held.
    case closeLane(Run)
    /// Give the gateway the whole truth about one endpoint.
    case publish(PublishedEndpoint)
    /// Let the gateway forget an endpoint.
    case unpublish(EndpointName)
    /// Find the node where it runs, or start it: `nodeJoined` or `nodeLost`.
    case startNode(NodeName)
    /// Find the gateway where it runs, or start it: `gatewayJoined` or `gatewayLost`.
    case startGateway
    /// Let the gateway accept nothing more, finish what it has, and leave: `gatewayLost`.
    case retireGateway
    /// Nothing is held any more: nodes may be told to leave, and the supervisor after them.
    case farewell
    /// Tell the person who looks after the server.
    case notice(String)

    /// The run that the effect is about.
    public var run: Run? {
        switch self {
        case .spawn(let run, _, _), .end(let run, _), .openLane(let run, _, _), .drain(let run),
            .closeLane(let run), .probe(let run, _, _), .compare(let run, _, _, _):
            run
        case .prepare, .discard, .publish, .unpublish, .startNode, .startGateway, .retireGateway,
            .farewell, .notice:
            nil
        }
    }
}
