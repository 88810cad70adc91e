// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What stands of each deployment, which a document that comes later goes on from.
extension Supervisor {
    /// The document that a deployment was brought to last and that was not given up.
    func standing(_ key: DeploymentKey) -> DeploymentDocument? {
        rulebook.wantedRevision(of: key).flatMap { shelf.document(key, $0) }
    }

    /// The same of every deployment; none where no environment was ever patched.
    var standing: [DeploymentDocument] {
        guard shelf.holdsPatches else { return [] }
        return shelf.wanted.compactMap { standing($0.key) }
    }
}
