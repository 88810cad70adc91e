// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One revision of a deployment, from its declaration until nothing uses it.
package struct RevisionRecord: Codable, Equatable, Sendable {
    /// What was declared.
    var declaration: DeploymentDeclaration
    /// Whether its environment is built and its model copied.
    var isPrepared = false
    /// Whether a run of it has ever been ready: such a revision is not given up.
    var isProven = false

    /// When it was declared.
    var declaredAt: Moment?

    var revision: Revision { declaration.revision }
}
