// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Vocabulary

/// One version of a registered model: what the ledger keeps of it.
struct ModelRecord: Codable, Hashable, Sendable {
    /// Who it is.
    var id: AssetID
    /// How it is stored.
    var format: ModelManifest.Format
    /// Its copy.
    var content: Digest
    /// What it is called in its copy: the folder's or file's own name.
    var leaf: String
    /// Where it was copied from.
    var source: String
    /// What it is, for people.
    var description: String?
    /// The person's own labels.
    var tags: [String: String]
    /// The person's own properties.
    var properties: [String: String]
    /// When it was registered, by the wall clock.
    var createdAt: Date
    /// Whether `@latest` passes it over.
    var isArchived = false

    /// Whether `other` holds the same, whenever it was registered.
    func isSame(as other: ModelRecord) -> Bool {
        (content, leaf, format) == (other.content, other.leaf, other.format)
    }

    /// The same with the labels of `other`: they are no part of what a version holds.
    func labelled(as other: ModelRecord) -> ModelRecord {
        var labelled = self
        labelled.description = other.description
        labelled.tags = other.tags
        labelled.properties = other.properties
        return labelled
    }

    /// What a person is shown.
    func asset(usedBy: [DeploymentKey], notices: [String] = []) -> ModelAsset {
        ModelAsset(
            name: id.name,
            version: id.version,
            type: format.rawValue,
            path: source,
            digest: content,
            description: description,
            tags: tags,
            properties: properties,
            created: createdAt,
            isArchived: isArchived,
            usedBy: usedBy,
            notices: notices
        )
    }
}

extension ModelRecord {
    /// What was read and copied; without a version of its own it gets the next number.
    ///
    /// Errors: `noName`.
    init(_ read: AssetIntake.Model, in shelf: AssetShelf) throws(Problem) {
        let manifest = read.manifest
        id = try shelf.identity(.model, name: manifest.name, version: manifest.version)
        format = manifest.format
        content = read.content
        leaf = read.leaf
        source = read.source
        description = manifest.description
        tags = manifest.tags
        properties = manifest.properties
        createdAt = Date()
    }
}
