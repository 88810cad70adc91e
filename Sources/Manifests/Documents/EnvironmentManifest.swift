// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// An environment as a document describes it, by itself or inside a deployment's.
///
/// Source: Azure ML's CLI (v2) environment YAML schema; azure-ai-ml 1.35.2.
public struct EnvironmentManifest: Hashable, Codable, Sendable {
    /// Its name; a document that stands alone has one.
    public var name: String?
    /// Its version; nothing leaves the next number to who registers it.
    public var version: String?
    /// What must be installed: what `conda_file` says, wherever it lies.
    public var definition: EnvironmentDefinition
    /// The conda file; nothing where the packages stand in the document itself.
    public var condaFile: ManifestPath?
    /// The image that the document names and that is not used.
    public var image: String?
    /// What people say of it.
    public var description: String?
    /// Anyone's words about it.
    public var tags: [String: String] = [:]
    /// Anyone's properties.
    public var properties: [String: String] = [:]
    /// Where each key stands.
    public var places: [String: Problem.Location] = [:]
    /// Where the whole stands.
    public var location: Problem.Location

    /// Keys of an environment that stands inside a deployment.
    static let inlineKeys = [
        "name", "version", "image", "build", "conda_file", "inference_config", "os_type",
        "description", "tags", "properties", "datastore",
    ]
    /// Keys of the document.
    static let keys = ["$schema"] + inlineKeys + ["id", "creation_context"]
}
