// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A model as a document describes it, by itself or inside a deployment's.
///
/// Source: Azure ML's CLI (v2) model YAML schema; azure-ai-ml 1.35.2.
public struct ModelManifest: Hashable, Codable, Sendable {
    /// How it is stored, and so what loads it.
    public enum Format: String, Codable, Sendable, CaseIterable {
        /// Files of any kind.
        case custom = "custom_model"
        /// An MLflow model's directory.
        case mlflow = "mlflow_model"
    }

    /// Its name; a document that stands alone has one.
    public var name: String?
    /// Its version; nothing leaves the next number to who registers it.
    public var version: String?
    /// Where its files are.
    public var path: ManifestPath
    /// How it is stored.
    public var format = Format.custom
    /// The names of the flavors that the document tells.
    public var flavors: [String] = []
    /// Where it stands in its life, in the person's words.
    public var stage: String?
    /// What people say of it.
    public var description: String?
    /// Anyone's words about it.
    public var tags: [String: String] = [:]
    /// Anyone's properties.
    public var properties: [String: String] = [:]
    /// Where each key stands.
    public var places: [String: Problem.Location] = [:]

    /// Keys of a model that stands inside a deployment.
    static let inlineKeys = [
        "name", "version", "path", "type", "flavors", "stage", "description", "tags",
        "properties", "datastore",
    ]
    /// Keys of the document.
    static let keys =
        ["$schema"] + inlineKeys + ["id", "creation_context", "job_name", "intellectual_property"]
}
