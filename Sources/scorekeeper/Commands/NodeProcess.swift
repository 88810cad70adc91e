// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CLinux
import Processes
import Supervisor
import Vocabulary
import Wire

/// `scorekeeper node` and its options: the process that the server starts to hold scorers.
struct NodeProcess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Holds scorers; started by the server.",
        shouldDisplay: false
    )

    @Option(help: "Its name.")
    var name: String

    @Option(help: "Where the supervisor connects.")
    var socket: String

    @Option(help: "The folder with the launcher and the scorers' runtime.")
    var support: String

    @Option(help: "Thousandths of a core that it may give out.")
    var millicores: Int

    @Option(help: "Bytes of memory that it may give out.")
    var memory: Int64

    @Option(help: "Seconds to stay without a supervisor.")
    var orphanGrace: Int = 600

    @Option(help: "The highest isolation level it may use.")
    var highestIsolation: IsolationLevel = .limited

    func run() throws {
        // A server's own sockets and locks came along: they are not ours.
        _ = linux_close_from(3)
        guard let name = NodeName(name) else {
            throw ValidationError("No node can be called '\(name)'.")
        }
        let place = NodePlace(socket: socket)
        try runNode(
            NodeConfiguration(
                name: name,
                socketPath: socket,
                supportFolder: support,
                scratchFolder: place.scratchFolder,
                cgroupName: place.cgroupName,
                millicores: millicores,
                memoryBytes: memory,
                users: place.users,
                orphanGrace: .seconds(orphanGrace),
                highestIsolation: highestIsolation,
                program: .own(version: Release.version)
            )
        )
    }
}

extension IsolationLevel: ExpressibleByArgument {}
