// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

extension DeploymentDocument {
    /// What answers the requests.
    ///
    /// Kept in the ledger: a case may get more parts, which are nothing in what was kept before.
    enum Scorer: Codable, Hashable, Sendable {
        /// The Python runtime on an MLflow model.
        case mlflow(MLflowScorer)
        /// A person's own program, copied into the store; `path` and the folder `libraries`, which
        /// holds those that came along, are relative to the copy.
        case native(
            path: String,
            arguments: [String],
            model: ModelPart? = nil,
            libraries: String? = nil
        )
        /// The Python runtime on a person's own script, which lies in the copy.
        case script(ScriptScorer)
    }

    /// What an MLflow model needs.
    struct MLflowScorer: Codable, Hashable, Sendable {
        /// The model's flavors, in order.
        var flavors: [String]
        /// Modules that loading the model imports.
        var importableModules: [String]
        /// What it says it must have installed.
        var environment: EnvironmentDefinition
    }

    /// What a script needs.
    struct ScriptScorer: Codable, Hashable, Sendable {
        /// The script's path in the copy of its source folder.
        var script: String
        /// What it must have installed.
        var environment: EnvironmentDefinition
        /// The model that it is given.
        var model: ModelPart?
    }

    /// What a scorer of one's own is given as its model: a copy by itself.
    struct ModelPart: Codable, Hashable, Sendable {
        /// The copy.
        var content: Digest
        /// What the copy holds: a folder's leaf name or a file's name.
        var name: String
        /// Whether it is a folder.
        var isFolder: Bool
    }
}

extension DeploymentDocument.Scorer {
    /// The model of a scorer of one's own.
    var model: DeploymentDocument.ModelPart? {
        switch self {
        case .mlflow: nil
        case .native(_, _, let model, _): model
        case .script(let scorer): scorer.model
        }
    }
}
