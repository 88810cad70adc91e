// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper online-deployment list`.
struct OnlineDeploymentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the deployments behind an endpoint.",
        discussion: """
            EXAMPLE
              scorekeeper online-deployment list -e iris
            """
    )

    @Option(name: [.customShort("e"), .long, .customLong("endpoint")], help: "The endpoint.")
    var endpointName: String

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let endpoint = try Naming.endpoint(endpointName)
        try Output.print(
            try await server.client.onlineDeployments(of: endpoint),
            format.output
        )
    }
}
