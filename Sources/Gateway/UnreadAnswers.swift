// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Vocabulary

/// Bounds what is kept for clients that ask and do not read, all of them together.
///
/// Each connection reads no further request while its client does not take answers; but thousands
/// of such clients could have the requests that they had sent before answered all the same.
struct UnreadAnswers {
    /// Most bytes that wait for such clients when they are looked at.
    static let limit = 64 << 20

    private var hadSome = false

    /// Breaks off those that have not read for longest until the rest is few enough.
    ///
    /// What was kept is given back to the kernel once nobody makes us keep anything any more: the
    /// allocator would hold on to it.
    mutating func look(at connections: [Connection]) {
        var total = 0
        var unread: [(connection: Connection, bytes: Int)] = []
        for connection in connections {
            let bytes = connection.unsentBytes
            guard bytes > 0 else { continue }
            total += bytes
            unread.append((connection, bytes))
        }
        if hadSome, unread.isEmpty { linux_trim_memory() }
        hadSome = !unread.isEmpty
        guard total > Self.limit else { return }
        unread.sort { $0.connection.unreadSince < $1.connection.unreadSince }
        for (connection, bytes) in unread where total > Self.limit {
            connection.breakOff()
            total -= bytes
        }
    }
}
