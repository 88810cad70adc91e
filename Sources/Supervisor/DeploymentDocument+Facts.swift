// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Manifests
import Vocabulary

extension DeploymentDocument {
    /// What was declared, for whoever asks what stands behind an endpoint.
    var declaredFacts: DeclaredFacts {
        DeclaredFacts(
            instanceType: settings.instanceType.name,
            model: asset(.model) ?? writtenModel,
            environment: asset(.environment) ?? writtenEnvironment,
            description: written?.text("description"),
            tags: written?.texts("tags") ?? [:]
        )
    }

    private func asset(_ kind: AssetID.Kind) -> String? {
        assets?.first { $0.kind == kind }?.description
    }

    private var writtenModel: String? {
        if let model = written?.text("model") ?? written?.text("model", "path") { return model }
        if case .mlflow = scorer { return origin.path }
        return scorer.model?.name
    }

    private var writtenEnvironment: String? {
        guard let written else { return nil }
        if let text = written.text("environment") ?? written.text("environment", "name") {
            return text
        }
        return written.text("environment", "conda_file")
    }
}
