// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary
import Wire

/// Binding a TCP listener: the supervisor holds it, so that the port outlives the gateway.
public enum ListeningSocket {
    /// Binds `address` and answers the socket with the address it really got.
    ///
    /// Errors: `portInUse` when another program has it; `cannotListen` for all else.
    public static func bind(
        _ address: SocketAddress
    ) throws(Problem) -> (Descriptor, SocketAddress) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let found else {
            throw refusal(address, because: "'\(address.host)' is not a numeric address")
        }
        defer { freeaddrinfo(found) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(found.pointee.ai_family, type, 0)
        guard number >= 0 else {
            throw refusal(address, because: SystemError("open a socket").reason)
        }
        let descriptor = Descriptor(owning: number)
        var one: Int32 = 1
        _ = setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard Glibc.bind(number, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            listen(number, 1_024) == 0
        else {
            let reason = SystemError("listen")
            guard reason.number == EADDRINUSE else {
                throw refusal(address, because: reason.reason)
            }
            throw Problem(
                .conflict,
                code: "portInUse",
                what: "cannot listen on \(address): another program has the port",
                remedy: "name a free one, or port 0 to be given one"
            )
        }
        return (descriptor, SocketAddress(host: address.host, port: boundPort(of: number)))
    }

    private static func boundPort(of number: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let outcome = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(number, $0, &length)
            }
        }
        guard outcome == 0 else { return 0 }
        // The port stands at the same place, in network order, in both families' addresses.
        return withUnsafeBytes(of: &storage) {
            UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        }
    }

    private static func refusal(_ address: SocketAddress, because reason: String) -> Problem {
        Problem(
            .failed,
            code: "cannotListen",
            what: "cannot listen on \(address): \(reason)",
            remedy: "name another address with --listen"
        )
    }
}
