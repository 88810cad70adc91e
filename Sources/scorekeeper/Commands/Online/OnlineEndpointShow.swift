// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper online-endpoint show`.
struct OnlineEndpointShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows an endpoint: where it is, and who answers how many of its requests.",
        discussion: """
            EXAMPLE
              scorekeeper online-endpoint show -n iris --output json | jq .traffic
            """
    )

    @Option(name: .shortAndLong, help: "The endpoint.")
    var name: String

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let endpoint = try await server.client.onlineEndpoint(Naming.endpoint(name))
        try Output.print(endpoint, format.output)
    }
}
