// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Vocabulary

/// Bounds what is kept for clients that ask and do not read, all of them together.
///
/// Each connection reads no further request while its client does not take answers; but thousands
/// of such clients could have the requests that they had sent before answered all the same.
struct UnreadAnswers {
    /// What waits for one client that does not read.
    struct Waiting {
        let bytes: Int
        /// Since when it has not read.
        let since: Moment
    }

    /// Most bytes that wait for such clients when they are looked at.
    static let limit = 64 << 20

    private var hadSome = false

    /// Breaks off those that have not read for longest until the rest is few enough.
    ///
    /// What was kept is given back to the kernel once nobody makes us keep anything any more: the
    /// allocator would hold on to it.
    mutating func look(at connections: [Connection]) {
        var unread: [(connection: Connection, waiting: Waiting)] = []
        for connection in connections {
            let bytes = connection.unsentBytes
            guard bytes > 0 else { continue }
            unread.append((connection, Waiting(bytes: bytes, since: connection.unreadSince)))
        }
        if hadSome, unread.isEmpty { linux_trim_memory() }
        hadSome = !unread.isEmpty
        for place in Self.tooMuch(unread.map(\.waiting)) { unread[place].connection.breakOff() }
    }

    /// The places of those that must go so that the rest is within the limit, the longest first.
    static func tooMuch(_ unread: [Waiting]) -> ArraySlice<Int> {
        var excess = unread.reduce(0) { $0 + $1.bytes } - limit
        let longest = unread.indices.sorted { unread[$0].since < unread[$1].since }
        return longest.prefix { place in
            defer { excess -= unread[place].bytes }
            return excess > 0
        }
    }
}
