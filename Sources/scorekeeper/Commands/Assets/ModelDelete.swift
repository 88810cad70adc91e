// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper model delete`.
struct ModelDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract:
            "Lets a version go; one that a deployment needs is kept, and the deployment named.",
        discussion: """
            EXAMPLE
              scorekeeper model delete -n iris -v 1
            """
    )

    @OptionGroup var which: AssetAddress
    @OptionGroup var server: StateOptions

    func run() async throws {
        try await server.client.delete(which.id(.model))
        Output.print("\(which.id(.model)) is removed")
    }
}
