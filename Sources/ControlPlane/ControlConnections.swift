// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The connections of a listener: where as many are open as may be, the one that is idle for longest
/// makes room.
///
/// Otherwise whoever opens enough of them and says nothing keeps everybody else out.
final class ControlConnections: Sendable {
    private struct Entry {
        let channel: any Channel
        /// Nothing while it is being answered.
        var idleSince: UInt64?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var turn: UInt64 = 0

        mutating func next() -> UInt64 {
            turn += 1
            return turn
        }
    }

    private let most: Int
    private let state = Mutex(State())

    /// Shape: `most` is how many are taken at once.
    init(most: Int) {
        self.most = most
    }

    /// One was opened; closes another where no more would be taken.
    func opened(_ channel: any Channel) {
        let overdue = state.withLock { state -> (any Channel)? in
            let idle = state.entries.values.filter { $0.idleSince != nil }
                .min { ($0.idleSince ?? 0) < ($1.idleSince ?? 0) }
            let turn = state.next()
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, idleSince: turn)
            return state.entries.count >= most ? idle?.channel : nil
        }
        overdue?.close(promise: nil)
    }

    /// One began to be answered, or nothing is asked on it any more.
    func changed(_ channel: any Channel, isIdle: Bool) {
        state.withLock { state in
            let turn = state.next()
            state.entries[ObjectIdentifier(channel)]?.idleSince = isIdle ? turn : nil
        }
    }

    func closed(_ channel: any Channel) {
        state.withLock { state in
            state.entries[ObjectIdentifier(channel)] = nil
        }
    }
}
