// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Supervisor

/// The command line: one executable that is supervisor, gateway, node and client by subcommand.
struct Scorekeeper: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorekeeper",
        abstract: "Turns a model directory into a dependable scoring endpoint.",
        discussion: """
            A server watches a folder of models; the other commands talk to it over its control \
            socket, which they find in its state folder: --state, else $SCOREKEEPER_STATE, else \
            /var/lib/scorekeeper for root and ~/.local/state/scorekeeper for others.

            EXAMPLE
              scorekeeper up Samples/mlflow-iris
              scorekeeper serve --models ./models
              scorekeeper deploy Samples/mlflow-iris --name iris
              scorekeeper invoke iris --request-file request.json

            EXIT STATUS
              0   done
              1   it did not work
              2   what was given is wrong: the same will be refused again
              3   no server answers
              4   what was named does not exist
              5   it contradicts what is there, or there is no room for it
              64  the arguments are no command
            """,
        version: Release.version,
        groupedSubcommands: [
            CommandGroup(name: "Serving:", subcommands: [Serve.self, Up.self, Handover.self]),
            CommandGroup(
                name: "Models:",
                subcommands: [
                    Check.self, Deploy.self, Invoke.self, Status.self, Quota.self, Logs.self,
                    Explain.self, Delete.self,
                ]
            ),
            CommandGroup(
                name: "Endpoints and deployments:",
                subcommands: [
                    Plan.self, Apply.self, OnlineEndpointGroup.self, OnlineDeploymentGroup.self,
                    ModelGroup.self, EnvironmentGroup.self, Compare.self,
                ]
            ),
            CommandGroup(
                name: "Changes:",
                subcommands: [RolloutCommands.self, Patch.self, NodeCommands.self]
            ),
            CommandGroup(name: "Scorers of your own:", subcommands: [Conform.self, Debug.self]),
            CommandGroup(name: "The server's state:", subcommands: [BackUp.self, Restore.self]),
            CommandGroup(name: "Proof:", subcommands: [EscapeTest.self, Simulate.self]),
            CommandGroup(
                name: "Started by the server:",
                subcommands: [GatewayProcess.self]
            ),
        ]
    )
}
