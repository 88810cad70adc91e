// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Supervisor

@Suite struct `A server's listeners` {
    private func problem(_ body: () throws -> Void) -> Problem? {
        do {
            try body()
            return nil
        } catch {
            return error as? Problem
        }
    }

    @Test func `stay on this machine unless somebody insists`() throws {
        let refusal = problem {
            _ = try Listeners(common: "0.0.0.0:0", ports: [], isInsecure: false)
        }

        #expect(refusal?.code == "notLoopback")
        #expect(try Listeners(common: "0.0.0.0:0", ports: [], isInsecure: true).isExposed)
    }

    @Test func `give an endpoint with a port of its own that address`() throws {
        let iris = try #require(EndpointName("iris"))
        let other = try #require(EndpointName("other"))
        var listeners = try Listeners(
            common: "127.0.0.1:0",
            ports: [ServeOptions.PortAssignment(endpoint: iris, address: "127.0.0.1:0")],
            isInsecure: false
        )

        try listeners.bindRest()

        let addresses = listeners.bound.map(\.listener.address)
        #expect(addresses.count == 2)
        #expect(listeners.scoringURI(of: iris) == "http://\(addresses[1])/score")
        #expect(
            listeners.scoringURI(of: other) == "http://\(addresses[0])/endpoints/other/score"
        )
    }

    @Test func `tell when another program has the port`() throws {
        var first = try Listeners(common: "127.0.0.1:0", ports: [], isInsecure: false)
        try first.bindRest()
        let address = try #require(first.bound.first).listener.address
        var second = try Listeners(common: address, ports: [], isInsecure: false)

        #expect(problem { try second.bindRest() }?.code == "portInUse")
    }

    @Test func `refuse connections once told to, though a gateway holds the sockets too`() throws {
        var listeners = try Listeners(common: "127.0.0.1:0", ports: [], isInsecure: false)
        try listeners.bindRest()
        let (listener, socket) = try #require(listeners.bound.first)
        let held = try socket.duplicate()
        let port = try SocketAddress(listener.address).port
        #expect(connectToLoopback(port) == 0)

        listeners.stopListening()

        #expect(connectToLoopback(port) == ECONNREFUSED)
        withExtendedLifetime(held) {}
    }

    @Test func `take over what an earlier gateway holds, and nothing else`() throws {
        var earlier = try Listeners(common: "127.0.0.1:0", ports: [], isInsecure: false)
        try earlier.bindRest()
        let (listener, socket) = try #require(earlier.bound.first)
        var later = try Listeners(common: listener.address, ports: [], isInsecure: false)
        var elsewhere = try Listeners(common: "127.0.0.2:0", ports: [], isInsecure: false)

        later.adopt([listener: socket])
        elsewhere.adopt([listener: socket])

        #expect(later.bound.first?.listener == listener)
        #expect(elsewhere.bound.isEmpty)
    }
}

/// Connects to a loopback port and hangs up; answers the reason where it was refused, else 0.
private func connectToLoopback(_ port: UInt16) -> Int32 {
    let client = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(client.number, $0, length) == 0 ? 0 : errno
        }
    }
}
