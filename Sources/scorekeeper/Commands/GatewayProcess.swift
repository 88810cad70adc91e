// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CLinux
import Gateway
import Supervisor
import Wire

/// `scorekeeper gateway`: the process that the server starts to answer requests.
struct GatewayProcess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Answers requests; started by the server.",
        shouldDisplay: false
    )

    @Option(help: "Where the supervisor connects.")
    var socket: String

    @Option(help: "Seconds to stay without a supervisor.")
    var orphanGrace: Int = 600

    @Option(help: "The user to become.")
    var user: UInt32?

    func run() throws {
        // A server's own sockets and locks came along: they are not ours.
        _ = linux_close_from(3)
        try runGateway(
            GatewayConfiguration(
                socketPath: socket,
                orphanGrace: .seconds(orphanGrace),
                userIdentifier: user,
                program: .own(version: Release.version)
            )
        )
    }
}
