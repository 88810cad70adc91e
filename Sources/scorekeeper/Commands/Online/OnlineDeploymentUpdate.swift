// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `scorekeeper online-deployment update`.
struct OnlineDeploymentUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Rolls a deployment to what is said of it now, and waits until it has.",
        discussion: """
            New instances serve before old ones drain, a fifth of them at a time; what never gets \
            ready leaves the old ones as they are. Without -f, what is declared now is changed in \
            what --set names and in nothing else: files are read again only where it names them.

            EXAMPLE
              scorekeeper online-deployment update -n blue -e iris --set instance_count=3
              scorekeeper online-deployment update -f blue.yml
              scorekeeper online-deployment update -f blue.yml --set instance_count=3
            """
    )

    @OptionGroup var what: DeploymentOptions
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        if what.file != nil { return }
        guard what.name != nil, what.endpointName != nil, !what.overrides.isEmpty else {
            throw ValidationError(
                "Name a document with -f; or a deployment with -n and -e, and what changes of it "
                    + "with --set."
            )
        }
    }

    func run() async throws {
        try await what.carryOut(.update, server.client, format.output)
    }
}
