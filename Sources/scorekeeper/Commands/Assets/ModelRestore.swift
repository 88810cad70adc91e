// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper model restore`.
struct ModelRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Has '@latest' find an archived version again.",
        discussion: """
            EXAMPLE
              scorekeeper model restore -n iris -v 1
            """
    )

    @OptionGroup var which: AssetAddress
    @OptionGroup var server: StateOptions

    func run() async throws {
        try await server.client.archive(which.id(.model), isArchived: false)
        Output.print("\(which.id(.model)) is restored")
    }
}
