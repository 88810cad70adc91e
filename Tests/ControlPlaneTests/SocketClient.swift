// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// A client of a unix socket that sends exactly what it is given and keeps its connection.
final class SocketClient: Sendable {
    private let number: Int32

    init(_ path: String) throws {
        number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(number, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(outcome == 0)
    }

    deinit { close(number) }

    func send(_ text: String) {
        _ = Glibc.send(number, text, text.utf8.count, Int32(MSG_NOSIGNAL))
    }

    /// What comes next; nothing where the connection is closed, or nothing comes for a minute.
    ///
    /// It waits on a thread of its own: those that tasks run on are few, and the server needs one.
    func read() async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [number] in
                var bytes = [UInt8](repeating: 0, count: 65_536)
                let count = recv(number, &bytes, bytes.count, 0)
                continuation.resume(
                    returning: String(decoding: bytes[..<max(0, count)], as: UTF8.self)
                )
            }
        }
    }

    /// All that comes until the connection is closed.
    func readToEnd() async -> String {
        var text = ""
        while true {
            let piece = await read()
            if piece.isEmpty { return text }
            text += piece
        }
    }
}
