// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Vocabulary

/// An environment that stands ready: read-only, under the digest of what it was built from.
///
/// It is what `environment.json` in its folder says; a folder without that file is not ready.
public struct BuiltEnvironment: Hashable, Codable, Sendable {
    /// One installed package.
    public struct Package: Hashable, Codable, Sendable {
        /// The package's normalised name.
        public let name: String
        /// The version that was installed.
        public let version: String
    }

    /// What it was built from: see `EnvironmentIdentity`.
    public let digest: Digest
    /// What built it: `uv 0.13.9`.
    public let provider: String
    /// The folder of the virtual environment: `bin`, `lib`.
    public let prefix: String
    /// The Python to start: a symbolic link to the base interpreter.
    public let interpreter: String
    /// The base interpreter that it leads to.
    public let base: Interpreter
    /// What a sandbox must make readable beside `prefix`; empty where the base is the system's.
    public let supportingPaths: [String]
    /// What was installed, in order of name.
    public let packages: [Package]
    /// The digest of the lock: every package with its version and hashes.
    public let lockDigest: Digest
    /// The bytes of the files below `prefix`.
    public let bytes: Int64
    /// When it was built, by the wall clock.
    public let builtAt: Date
    /// How long that took.
    public let seconds: Double
    /// What a person should be told about it, for example that another Python patch was used.
    public let notices: [String]
    /// The digest of the definition alone; nothing where an earlier version built it.
    public internal(set) var definition: Digest?
}
