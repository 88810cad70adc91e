// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Wire

/// A TCP socket that listens on a free loopback port.
public func listenOnLoopback() throws -> (Descriptor, port: UInt16) {
    let socket = Descriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket.number, $0, length) == 0 && listen(socket.number, 128) == 0
                && getsockname(socket.number, $0, &length) == 0
        }
    }
    guard isBound else { throw SystemError("listen on loopback") }
    return (socket, UInt16(bigEndian: address.sin_port))
}
