// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which executable a process runs: the file itself, not where it lay.
///
/// An installer puts a new file in the old one's place, and the old one stays on the disk for as long
/// as somebody runs it: two processes of the same device and inode are of the same build, two of
/// different ones are taken not to be, whatever version they call themselves.
public struct ProgramIdentity: Codable, Sendable, Hashable {
    /// The version that it calls itself.
    public let version: String
    /// The file's device.
    public let device: UInt64
    /// The file's inode.
    public let inode: UInt64

    /// The file at `path`; nothing where there is none.
    public init?(of path: String, version: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.version = version
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// What this process runs; nothing where /proc is not mounted.
    public static func own(version: String) -> ProgramIdentity? {
        ProgramIdentity(of: "/proc/self/exe", version: version)
    }
}
