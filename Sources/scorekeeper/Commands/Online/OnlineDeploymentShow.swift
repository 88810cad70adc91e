// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper online-deployment show`.
struct OnlineDeploymentShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a deployment; 'scorekeeper status ENDPOINT' shows its instances.",
        discussion: """
            EXAMPLE
              scorekeeper online-deployment show -e iris -n blue --output json
            """
    )

    @OptionGroup var which: DeploymentAddress
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let deployment = try await server.client.onlineDeployment(which.key())
        try Output.print(deployment, format.output)
    }
}
