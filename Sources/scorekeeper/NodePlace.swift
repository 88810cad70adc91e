// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What a node may call its own on the machine, told by where its supervisor finds it.
///
/// The same socket gives the same place, so that a node which is started again finds what the one
/// before it left; another socket gives another, so that servers on one machine do not meet.
struct NodePlace {
    /// The first of the host's uids for scorers: neither users, nor containers, nor systemd are given
    /// those from 2,000,000,000 to 2,122,880,000.
    ///
    /// Source: systemd, "Users, Groups, UIDs and GIDs on systemd systems".
    private static let firstUser: UInt32 = 2_000_000_000
    private static let usersEach: UInt32 = 4_096
    private static let places: UInt64 = 30_000

    private let socket: String
    private let hash: UInt64

    /// The place of the node at `socket`.
    init(socket: String) {
        self.socket = socket
        // FNV-1a: Swift's own hashes differ from process to process.
        hash = socket.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// A folder for scorers' private files where mounts cannot be had.
    var scratchFolder: String { socket + ".scratch" }

    /// The name of its control group.
    var cgroupName: String { "scorekeeper-\(String(hash, radix: 16))" }

    /// The uids that it may give to scorers.
    var users: Range<UInt32> {
        let first = Self.firstUser + UInt32(hash % Self.places) * Self.usersEach
        return first..<first + Self.usersEach
    }
}
