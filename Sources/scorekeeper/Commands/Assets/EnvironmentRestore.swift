// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper environment restore`.
struct EnvironmentRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Has '@latest' find an archived version again.",
        discussion: """
            EXAMPLE
              scorekeeper environment restore -n ours -v 1
            """
    )

    @OptionGroup var which: AssetAddress
    @OptionGroup var server: StateOptions

    func run() async throws {
        try await server.client.archive(which.id(.environment), isArchived: false)
        Output.print("\(which.id(.environment)) is restored")
    }
}
