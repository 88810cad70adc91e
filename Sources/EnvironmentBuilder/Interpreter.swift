// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
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
    /// When the program was made, as its file says, in whole seconds: a version may be made again.
    public let madeAt: Date?

    /// Makes a description.
    public init(
        path: String,
        version: PythonVersion,
        prefix: String,
        platform: String,
        madeAt: Date? = nil
    ) {
        self.path = path
        self.version = version
        self.prefix = prefix
        self.platform = platform
        self.madeAt = madeAt
    }

    /// Whether it belongs to the system, so that every sandbox shows it anyway.
    var isSystem: Bool { prefix == "/usr" }
}
