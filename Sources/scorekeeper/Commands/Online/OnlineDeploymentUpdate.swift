// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `scorekeeper online-deployment update`.
struct OnlineDeploymentUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Rolls a deployment to what its document says now, and waits until it has.",
        discussion: """
            New instances serve before old ones drain, a fifth of them at a time; what never gets \
            ready leaves the old ones as they are.

            EXAMPLE
              scorekeeper online-deployment update -f blue.yml
              scorekeeper online-deployment update -f blue.yml --set instance_count=3
            """
    )

    @OptionGroup var what: DeploymentOptions
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        try await what.carryOut(.update, server.client, format.output)
    }
}
