// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A deployment as a document alone describes it: what is served, from where, and how.
///
/// Nothing on disk has been looked at yet but the conda file: `ManifestCheck` does that.
public struct DeploymentManifest: Hashable, Codable, Sendable {
    /// A path that the document names.
    public typealias Path = ManifestPath

    /// Code of a person's own: a folder and the script in it that scores.
    public struct Code: Hashable, Codable, Sendable {
        /// The folder.
        public let folder: Path
        /// The script's path in the folder.
        public let script: String
        /// Where that is written.
        public let location: Problem.Location
    }

    /// A program of a person's own.
    public struct Program: Hashable, Codable, Sendable {
        /// The program.
        public let path: Path
        /// What it is given.
        public let arguments: [String]
    }

    /// What a script must have installed.
    public enum Environment: Hashable, Codable, Sendable {
        /// A registered one, or one of the curated ones.
        case reference(AssetReference)
        /// Written in the document or a conda file.
        case defined(EnvironmentManifest)
    }

    /// How it is served.
    public var settings = DeploymentSettings()
    /// The model's folder or file, where the document names one.
    public var model: Path?
    /// The registered model that the document names instead.
    public var modelReference: AssetReference?
    /// What the document says of a model that it describes itself.
    public var inlineModel: ModelManifest?
    /// The code, where a script scores.
    public var code: Code?
    /// What the script must have installed.
    public var environment: Environment?
    /// The program, where one scores.
    public var program: Program?
    /// What people say of it.
    public var description: String?
    /// Anyone's words about it.
    public var tags: [String: String] = [:]
    /// Anyone's properties, without those of ours.
    public var properties: [String: String] = [:]
    /// Where each key stands, those under `properties` by their own names.
    public var places: [String: Problem.Location] = [:]

    /// Whether the document says that the model is MLflow's.
    public var isMLflow: Bool { inlineModel?.format == .mlflow }

    /// Makes an empty one.
    init() {}
}
