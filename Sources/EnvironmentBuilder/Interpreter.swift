// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Manifests

/// A Python on this machine, as it describes itself.
public struct Interpreter: Hashable, Codable, Sendable {
    /// The program itself, no link and no shim.
    public let path: String
    /// Its version.
    public let version: PythonVersion
    /// Where its standard library lies: `/usr`, or a folder of its own.
    public let prefix: String
    /// What its wheels must be made for, for example `linux-x86_64`.
    public let platform: String

    /// Makes a description.
    public init(path: String, version: PythonVersion, prefix: String, platform: String) {
        self.path = path
        self.version = version
        self.prefix = prefix
        self.platform = platform
    }

    /// Whether it belongs to the system, so that every sandbox shows it anyway.
    var isSystem: Bool { prefix == "/usr" }
}
