// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper online-endpoint create`.
struct OnlineEndpointCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes an endpoint.",
        discussion: """
            One that 'scorekeeper deploy' made becomes an endpoint of its own: its deployment goes \
            on answering everything.

            EXAMPLE
              scorekeeper online-endpoint create -f endpoint.yml
              scorekeeper online-endpoint create -n iris
            """
    )

    @OptionGroup var what: EndpointOptions
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws { try what.require() }

    func run() async throws {
        let endpoint = try await server.client.put(what.request(.create))
        try Output.print(endpoint, format.output)
    }
}
