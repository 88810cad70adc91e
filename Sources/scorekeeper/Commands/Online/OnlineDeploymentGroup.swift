// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `scorekeeper online-deployment`.
struct OnlineDeploymentGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "online-deployment",
        abstract:
            "Deployments as Azure ML's command line knows them: what stands behind endpoints.",
        discussion: """
            A new deployment answers nobody until its endpoint's traffic names it, or it is created \
            with --all-traffic. The options are those of 'az ml online-deployment'.

            EXAMPLE
              scorekeeper online-deployment create -f blue.yml --all-traffic
              scorekeeper online-deployment update -e iris -n blue --set instance_count=3
              scorekeeper online-deployment get-logs -e iris -n blue
            """,
        subcommands: [
            OnlineDeploymentCreate.self, OnlineDeploymentUpdate.self, OnlineDeploymentShow.self,
            OnlineDeploymentList.self, OnlineDeploymentDelete.self, OnlineDeploymentLogs.self,
        ]
    )
}
