// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `scorekeeper model`.
struct ModelGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Registered models: versioned, copied by their content, never changed.",
        discussion: """
            A deployment names one as 'azureml:NAME:VERSION' or 'azureml:NAME@latest'.

            EXAMPLE
              scorekeeper model create -n iris -p ./model --type mlflow_model
              scorekeeper model create -f model.yml
              scorekeeper model list
            """,
        subcommands: [
            ModelCreate.self, ModelShow.self, ModelList.self, ModelArchive.self, ModelRestore.self,
            ModelDelete.self,
        ]
    )
}
