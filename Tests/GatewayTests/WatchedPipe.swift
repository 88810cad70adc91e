// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// A pipe, which tells whether anybody anywhere still holds its reading end.
final class WatchedPipe {
    var reader: Descriptor?
    private let writer: Descriptor

    init() throws {
        var pair: [Int32] = [-1, -1]
        guard Glibc.pipe(&pair) == 0 else { throw SystemError("make a pipe") }
        reader = Descriptor(owning: pair[0])
        writer = Descriptor(owning: pair[1])
    }

    var isHeld: Bool {
        var poller = pollfd(fd: writer.number, events: 0, revents: 0)
        _ = poll(&poller, 1, 0)
        return poller.revents & Int16(POLLERR) == 0
    }
}
