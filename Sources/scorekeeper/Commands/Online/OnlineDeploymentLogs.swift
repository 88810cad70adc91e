// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation

/// `scorekeeper online-deployment get-logs`.
struct OnlineDeploymentLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get-logs",
        abstract: "Prints what a deployment's scorers wrote last, and when.",
        discussion: """
            'scorekeeper logs ENDPOINT/DEPLOYMENT' can also follow them, and print what is gone.

            EXAMPLE
              scorekeeper online-deployment get-logs -e iris -n blue --lines 50
            """
    )

    @OptionGroup var which: DeploymentAddress

    @Option(name: .shortAndLong, help: "How many of the last lines of each log to print.")
    var lines = 100

    @OptionGroup var server: StateOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines begins at 0.") }
    }

    func run() async throws {
        let key = try which.key()
        let endpoint = try await server.client.endpoint(key.endpoint)
        let found = try LogChoice(key).files(under: server.folder, of: endpoint, isAll: false)
        var reader = LogReader(lines: lines, zone: .current) { Output.print($0) }
        reader.add(found.files)
        if !reader.hasPrinted { Output.tell("notice: '\(key)' has written nothing yet") }
    }
}
