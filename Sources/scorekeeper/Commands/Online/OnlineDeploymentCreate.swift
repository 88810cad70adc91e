// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `scorekeeper online-deployment create`.
struct OnlineDeploymentCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Puts a deployment behind an endpoint, and waits until it serves.",
        discussion: """
            EXAMPLE
              scorekeeper online-deployment create -f blue.yml --all-traffic
              scorekeeper online-deployment create -e iris -n green -f green.yml
            """
    )

    @OptionGroup var what: DeploymentOptions
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard what.file != nil else { throw ValidationError("Name a document with -f.") }
    }

    func run() async throws {
        try await what.carryOut(.create, server.client, format.output)
    }
}
