// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `scorekeeper environment`.
struct EnvironmentGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Environments: the curated ones, and those that were registered.",
        discussion: """
            A deployment names one as 'azureml:NAME:VERSION' or 'azureml:NAME@latest'. It is built \
            when the first deployment needs it.

            EXAMPLE
              scorekeeper environment create -n ours --conda-file conda.yaml
              scorekeeper environment create -f environment.yml
              scorekeeper environment list
            """,
        subcommands: [
            EnvironmentCreate.self, EnvironmentShow.self, EnvironmentList.self,
            EnvironmentArchive.self, EnvironmentRestore.self, EnvironmentDelete.self,
        ]
    )
}
