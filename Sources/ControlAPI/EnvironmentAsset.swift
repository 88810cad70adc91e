// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// One version of a registered environment, in the words of Azure ML's command line.
public struct EnvironmentAsset: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its version.
    public var version: String
    /// The Python that it asks for, as it says so.
    public var python: String
    /// The packages that it asks for, a requirement each.
    public var packages: [String]
    /// Whether it came along with Scorekeeper.
    public var isCurated: Bool
    /// Whether `@latest` passes it over.
    public var isArchived: Bool
    /// What it is, for people.
    public var description: String?
    /// The person's own labels.
    public var tags: [String: String]
    /// When it was registered; nothing for a curated one.
    public var created: Date?
    /// The deployments that need it.
    public var usedBy: [DeploymentKey]
    /// What a person should be told.
    public var notices: [String]

    enum CodingKeys: String, CodingKey {
        case name, version, python, packages, description, tags, notices
        case isCurated = "curated"
        case isArchived = "archived"
        case created = "creation_time"
        case usedBy = "used_by"
    }

    /// Makes an environment's facts.
    public init(
        name: String,
        version: String,
        python: String,
        packages: [String],
        isCurated: Bool = false,
        isArchived: Bool = false,
        description: String? = nil,
        tags: [String: String] = [:],
        created: Date? = nil,
        usedBy: [DeploymentKey] = [],
        notices: [String] = []
    ) {
        self.name = name
        self.version = version
        self.python = python
        self.packages = packages
        self.isCurated = isCurated
        self.isArchived = isArchived
        self.description = description
        self.tags = tags
        self.created = created
        self.usedBy = usedBy
        self.notices = notices
    }
}
