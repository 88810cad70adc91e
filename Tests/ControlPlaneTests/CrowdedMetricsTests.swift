// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import Vocabulary

@testable import ControlPlane

/// A client of the metrics port that keeps its connection.
private final class Scraper {
    private let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)

    init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(number, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(outcome == 0)
    }

    deinit { close(number) }

    func leave() { shutdown(number, Int32(SHUT_RDWR)) }

    func ask() {
        let request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
        _ = send(number, request, request.utf8.count, Int32(MSG_NOSIGNAL))
    }

    /// Whether something came within so many milliseconds; a watchdog, not a measure.
    func isAnswered(within patience: Int32) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, patience) == 1 else { return false }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        return recv(number, &bytes, bytes.count, 0) > 0
    }
}

@Suite struct `A crowd at the metrics port` {
    private static let patience: Int32 = 60_000

    @Test func `waits outside beyond a few, and keeps nobody from the control socket`() async throws
    {
        let port = try `The metrics page`.freePort()
        try await RunningServer.run(metricsPort: port) { server in
            var crowd: [Scraper] = []
            for _ in 0..<16 {
                let scraper = try Scraper(port: port)
                scraper.ask()
                #expect(scraper.isAnswered(within: Self.patience))
                crowd.append(scraper)
            }
            let late = try Scraper(port: port)
            late.ask()
            // The loop that would take it serves others meanwhile.
            for scraper in crowd {
                scraper.ask()
                #expect(scraper.isAnswered(within: Self.patience))
            }

            #expect(!late.isAnswered(within: 0))
            #expect(try await server.client.status().server.pid == 41)
            crowd.removeFirst().leave()
            #expect(late.isAnswered(within: Self.patience))
        }
    }
}
