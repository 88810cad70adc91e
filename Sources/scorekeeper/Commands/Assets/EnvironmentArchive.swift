// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper environment archive`.
struct EnvironmentArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Has '@latest' pass a version over; what names its version goes on using it.",
        discussion: """
            EXAMPLE
              scorekeeper environment archive -n ours -v 1
            """
    )

    @OptionGroup var which: AssetAddress
    @OptionGroup var server: StateOptions

    func run() async throws {
        try await server.client.archive(which.id(.environment), isArchived: true)
        Output.print("\(which.id(.environment)) is archived")
    }
}
