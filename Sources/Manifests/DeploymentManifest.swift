// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A deployment as a document alone describes it: what is served, from where, and how.
///
/// Nothing on disk has been looked at yet but the conda file: `ManifestCheck` does that.
public struct DeploymentManifest: Hashable, Codable, Sendable {
    /// A path that the document names.
    public struct Path: Hashable, Codable, Sendable {
        /// As it is written.
        public let written: String
        /// Where it leads, from where the document was named from.
        public let path: String
        /// Where it is written.
        public let location: Problem.Location
    }

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
        /// One of the curated ones.
        case named(EnvironmentName, Problem.Location)
        /// Written in the document or a conda file.
        case defined(EnvironmentDefinition, Problem.Location)
    }

    /// How it is served.
    public var settings = DeploymentSettings()
    /// The model's folder or file.
    public var model: Path?
    /// Whether the document says that it is an MLflow model.
    public var isMLflow = false
    /// The code, where a script scores.
    public var code: Code?
    /// What the script must have installed.
    public var environment: Environment?
    /// The program, where one scores.
    public var program: Program?
    /// Where each key stands, those under `properties` by their own names.
    var places: [String: Problem.Location] = [:]

    /// Makes an empty one.
    init() {}
}
