// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Vocabulary

/// One version of a registered environment: what the ledger keeps of it.
struct EnvironmentRecord: Codable, Hashable, Sendable {
    /// Who it is.
    var id: AssetID
    /// What is installed in it.
    var definition: EnvironmentDefinition
    /// What it is, for people.
    var description: String?
    /// The person's own labels.
    var tags: [String: String]
    /// When it was registered, by the wall clock.
    var createdAt: Date
    /// Whether `@latest` passes it over.
    var isArchived = false

    /// Whether `other` holds the same, whenever it was registered.
    func isSame(as other: EnvironmentRecord) -> Bool {
        definition.canonicalText == other.definition.canonicalText
    }

    /// The same with the labels of `other`: they are no part of what a version holds.
    func labelled(as other: EnvironmentRecord) -> EnvironmentRecord {
        var labelled = self
        labelled.description = other.description
        labelled.tags = other.tags
        return labelled
    }

    /// What a person is shown.
    func asset(usedBy: [DeploymentKey], notices: [String] = []) -> EnvironmentAsset {
        EnvironmentAsset(
            name: id.name,
            version: id.version,
            python: "\(definition.python)",
            packages: definition.requirements.map(\.text),
            isArchived: isArchived,
            description: description,
            tags: tags,
            created: createdAt,
            usedBy: usedBy,
            notices: notices
        )
    }
}

extension EnvironmentRecord {
    /// What was read; without a version of its own it gets the next number.
    ///
    /// Errors: `noName`.
    init(_ manifest: EnvironmentManifest, in shelf: AssetShelf) throws(Problem) {
        id = try shelf.identity(.environment, name: manifest.name, version: manifest.version)
        definition = manifest.definition
        description = manifest.description
        tags = manifest.tags
        createdAt = Date()
    }
}
