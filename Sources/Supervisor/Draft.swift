// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// A deployment as it was read from its source: a document that has no revision yet.
struct Draft: Sendable {
    /// The deployment.
    let key: DeploymentKey
    /// Where it came from.
    let origin: DeploymentDocument.Origin
    /// What answers the requests.
    var scorer: DeploymentDocument.Scorer
    /// The copy of the model, or of the program's folder.
    var content: Digest
    /// How it is served.
    var settings: ServingSettings
    /// Its document as it was written, where it has one.
    var written: WrittenDocument?
    /// The registered models and environments that it is made of.
    var assets: [AssetID] = []
    /// What a person should be told.
    let notices: [String]

    /// The document of this draft as `revision`.
    func document(revision: Revision) -> DeploymentDocument {
        DeploymentDocument(
            key: key,
            revision: revision,
            origin: origin,
            scorer: scorer,
            content: content,
            settings: settings,
            assets: assets.isEmpty ? nil : assets,
            written: written
        )
    }
}
