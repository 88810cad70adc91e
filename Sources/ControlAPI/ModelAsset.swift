// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// One version of a registered model, in the words of Azure ML's command line.
public struct ModelAsset: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its version.
    public var version: String
    /// How it is stored: `custom_model` or `mlflow_model`.
    public var type: String
    /// Where it was copied from.
    public var path: String
    /// What its content is; two versions of the same content have the same.
    public var digest: Digest
    /// What it is, for people.
    public var description: String?
    /// The person's own labels.
    public var tags: [String: String]
    /// The person's own properties.
    public var properties: [String: String]
    /// When it was registered.
    public var created: Date
    /// Whether `@latest` passes it over.
    public var isArchived: Bool
    /// The deployments that need it.
    public var usedBy: [DeploymentKey]
    /// What a person should be told.
    public var notices: [String]

    enum CodingKeys: String, CodingKey {
        case name, version, type, path, digest, description, tags, properties, notices
        case created = "creation_time"
        case isArchived = "archived"
        case usedBy = "used_by"
    }

    /// Makes a model's facts.
    public init(
        name: String,
        version: String,
        type: String,
        path: String,
        digest: Digest,
        description: String? = nil,
        tags: [String: String] = [:],
        properties: [String: String] = [:],
        created: Date,
        isArchived: Bool = false,
        usedBy: [DeploymentKey] = [],
        notices: [String] = []
    ) {
        self.name = name
        self.version = version
        self.type = type
        self.path = path
        self.digest = digest
        self.description = description
        self.tags = tags
        self.properties = properties
        self.created = created
        self.isArchived = isArchived
        self.usedBy = usedBy
        self.notices = notices
    }
}
