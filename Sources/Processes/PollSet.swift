// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary

/// What one turn of the node waits for, and what is done about each.
struct PollSet {
    private var watched: [pollfd] = []
    private var actions: [(Node) -> Void] = []

    /// Waits for something to read (or an end), and where asked for room to write.
    mutating func add(
        _ descriptor: Int32,
        writing: Bool = false,
        _ action: @escaping (Node) -> Void
    ) {
        let events = Int16(POLLIN) | (writing ? Int16(POLLOUT) : 0)
        watched.append(pollfd(fd: descriptor, events: events, revents: 0))
        actions.append(action)
    }

    /// Waits, then acts on whatever is ready, in the order of adding.
    mutating func wait(until deadline: Moment, _ node: Node) {
        _ = poll(&watched, nfds_t(watched.count), Self.timeout(until: deadline))
        for (entry, action) in zip(watched, actions) where entry.revents != 0 { action(node) }
    }

    private static func timeout(until deadline: Moment) -> Int32 {
        guard deadline != .never else { return -1 }
        let left = (deadline - Node.now).nanosecondsSaturated
        // Rounded up: waking too early would only mean waking twice.
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }
}
