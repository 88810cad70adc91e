// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper environment delete`.
struct EnvironmentDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract:
            "Lets a version go; one that a deployment needs is kept, and the deployment named.",
        discussion: """
            EXAMPLE
              scorekeeper environment delete -n iris -v 1
            """
    )

    @OptionGroup var which: AssetAddress
    @OptionGroup var server: StateOptions

    func run() async throws {
        try await server.client.delete(which.id(.environment))
        Output.print("\(which.id(.environment)) is removed")
    }
}
