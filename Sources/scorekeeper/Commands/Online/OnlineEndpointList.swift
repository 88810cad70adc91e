// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper online-endpoint list`.
struct OnlineEndpointList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the endpoints, those of dropped models and short commands too.",
        discussion: """
            EXAMPLE
              scorekeeper online-endpoint list --output json | jq '.[].name'
            """
    )

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        try Output.print(try await server.client.onlineEndpoints(), format.output)
    }
}
