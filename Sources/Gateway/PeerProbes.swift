// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Has the kernel ask clients that say nothing whether they are still there.
///
/// A client whose machine or network vanished sends no end. Where an answer is quiet for long,
/// nothing else would tell, and its scorer would work on for nobody.
enum PeerProbes {
    /// Seconds of silence before the first question.
    static let idleSeconds: Int32 = 45
    /// Seconds between two questions.
    static let intervalSeconds: Int32 = 10
    /// Questions that stay unanswered before the connection is given up.
    static let most: Int32 = 3

    /// Asks for it on a listening socket: what is accepted inherits it.
    ///
    /// Source: tcp(7). A kernel that refuses leaves us where we were.
    static func enable(on socket: Int32) {
        set(SOL_SOCKET, SO_KEEPALIVE, 1, on: socket)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, idleSeconds, on: socket)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, intervalSeconds, on: socket)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, most, on: socket)
    }

    private static func set(_ level: Int32, _ option: Int32, _ value: Int32, on socket: Int32) {
        var value = value
        _ = setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
