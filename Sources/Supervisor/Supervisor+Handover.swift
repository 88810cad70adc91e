// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Logging
import Vocabulary
import Wire

/// Handing the server over to another executable, and what is left of the old one.
extension Supervisor {
    func handOver(_ request: HandoverRequest) async throws(Problem) -> HandoverAnswer {
        guard !configuration.isTemporary, configuration.trial == nil else {
            throw Problem(
                .unsupported,
                code: "noHandover",
                what: "cannot hand over what 'scorekeeper up' serves: it keeps no state",
                remedy: "end it and start it again, or use 'scorekeeper serve'"
            )
        }
        guard !isLeaving else {
            throw Problem(
                .conflict,
                code: "leaving",
                what: "cannot hand over: the server is draining",
                remedy: "start the new one once this one has ended"
            )
        }
        let path = request.executable ?? configuration.program.path
        let successor = try await Successor.tried(path)
        tried = successor
        return HandoverAnswer(executable: path, version: successor.version)
    }

    func beginHandover() {
        if let tried { inbox.put(.handOver(tried)) }
    }

    /// Whether a peer runs another executable than we do; one that does not say is of an earlier one.
    func isOlder(_ program: ProgramIdentity?) -> Bool {
        guard let own = configuration.program.identity else { return false }
        return program != own
    }

    /// Has a gateway of another version finish what it has and leave; a new one is started then.
    ///
    /// Connections wait in the listening sockets, which we hold, and the scorers live on: the nodes
    /// hold their lanes. It may take as long as the longest request may.
    func replaceGateway(_ program: ProgramIdentity?) {
        let longest = shelf.wanted.map(\.settings.deadlineMilliseconds).max() ?? 0
        logger.notice(
            "a gateway of another version finishes and leaves",
            metadata: ["version": "\(program?.version ?? "earlier")"]
        )
        let grace = max(Self.leastGrace, longest + Self.leastGrace)
        gateway.isReplaced = true
        _ = gateway.connection?.send(GatewayOrder.leave(graceMilliseconds: grace))
    }

    private static let leastGrace = 5_000

    /// Has a node of another version that holds nothing leave; a new one is started then.
    ///
    /// One that holds scorers serves on: they would end with it.
    func replaceNode(_ name: NodeName, _ program: ProgramIdentity?) {
        logger.notice(
            "a node of another version holds nothing and leaves",
            metadata: ["node": "\(name)", "version": "\(program?.version ?? "earlier")"]
        )
        nodes[name]?.isReplaced = true
        _ = nodes[name]?.connection?.send(NodeOrder.leave)
    }
}
