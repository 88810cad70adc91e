// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import Glibc
import TestSupport
import Testing
import Vocabulary
import Wire

@testable import ControlPlane

@Suite struct `The metrics page` {
    /// A port that was free a moment ago.
    static func freePort() throws -> UInt16 {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(number, pointer, length) + getsockname(number, pointer, &length)
            }
        }
        try #require(outcome == 0)
        return UInt16(bigEndian: address.sin_port)
    }

    private static func counters() throws -> DeploymentStatistics {
        let key = DeploymentKey(endpoint: try endpoint("iris"), deployment: .dropped)
        return DeploymentStatistics(
            key: key,
            answers: [502: 2, 200: 40, 429: 1],
            latencyBounds: [250, 1_000, 2_500_000],
            latencyCounts: [10, 25, 7, 1],
            latencySum: 3_000_250,
            waiting: 5,
            bound: 1,
            redispatched: 3,
            abandoned: 4,
            mirrored: MirrorStatistics(
                copied: 12,
                answers: [500: 2, 200: 7],
                latencyCounts: [4, 4, 1, 0],
                latencySum: 5_500,
                unanswered: 3,
                shed: ["too_long": 1, "full": 6],
                waiting: 0,
                bound: 0
            )
        )
    }

    @Test func `reads as Prometheus reads it`() async throws {
        let memory = MemoryServer()
        let iris = try endpoint("iris")
        _ = try await memory.deploy(DeployRequest(name: iris, model: "/models/iris"))
        let page = MetricsText(status: await memory.status(), statistics: [try Self.counters()])

        try expect(page.text, matchesFixture: "metrics.txt")
    }

    @Test func `has what scorers publish, and no type where they disagree`() async throws {
        let memory = MemoryServer()
        for name in ["iris", "wine"] {
            _ = try await memory.deploy(
                DeployRequest(name: try endpoint(name), model: "/models/\(name)")
            )
        }
        var status = await memory.status()
        for (place, kind) in [ScorerMetric.Kind.counter, .gauge].enumerated() {
            status.endpoints[place].deployments[0].instances[0].metrics = [
                ScorerMetric(name: "rows", kind: kind, value: 3),
                ScorerMetric(name: "only_\(kind.rawValue)", kind: kind, value: 0.5),
            ]
        }

        let text = MetricsText(status: status, statistics: []).text

        let labels = #"{endpoint="iris",deployment="default",instance="1"}"#
        #expect(text.contains("# TYPE rows untyped\nrows\(labels) 3.0\nrows{endpoint=\"wine\""))
        #expect(text.contains("# TYPE only_counter counter\nonly_counter\(labels) 0.5\n"))
        #expect(text.contains("# TYPE only_gauge gauge\n"))
    }

    @Test func `gives what scorers call as Prometheus calls its own another name`() async throws {
        let memory = MemoryServer()
        _ = try await memory.deploy(
            DeployRequest(name: try endpoint("iris"), model: "/models/iris")
        )
        var status = await memory.status()
        let names = ["up", "scrape_duration_seconds", "ALERTS", "scorer_ALERTS", "upper"]
        status.endpoints[0].deployments[0].instances[0].metrics = names.enumerated().map {
            ScorerMetric(name: $1, kind: .gauge, value: Double($0))
        }

        let lines = MetricsText(status: status, statistics: []).text.split(separator: "\n")

        let shown = lines.filter { $0.contains("instance=") }.map {
            "\($0.prefix { $0 != "{" }) \($0.split(separator: " ").last ?? "")"
        }
        #expect(
            shown == [
                "scorer_ALERTS 3.0", "scorer_scrape_duration_seconds 1.0", "scorer_up 0.0",
                "upper 4.0",
            ]
        )
    }

    @Test func `leaves out families without samples`() async throws {
        let page = MetricsText(status: await MemoryServer().status(), statistics: [])

        #expect(!page.text.contains("scorekeeper_requests_total"))
        #expect(page.text.contains("scorekeeper_info{version=\"1.2.3\"} 1\n"))
    }

    @Test func `stands on the control socket and, alone, on a loopback port`() async throws {
        let port = try Self.freePort()
        try await RunningServer.run(metricsPort: port) { server in
            await server.memory.count(try Self.counters())
            let peer = HTTPExchange.Peer.tcp(host: "127.0.0.1", port: Int(port))

            let page = try await HTTPExchange("GET", "/metrics").ask(peer)
            let own = try await server.client.metrics()
            let status = try await HTTPExchange("GET", "/status").ask(peer)

            #expect(page.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(text == own)
            #expect(text.contains(#"deployment="default",code="502"} 2"#))
            #expect(status.status == 404)
        }
    }

    @Test func `gives the status its request counters`() async throws {
        try await RunningServer.run { server in
            let iris = try endpoint("iris")
            _ = try await server.client.deploy(DeployRequest(name: iris, model: "/models/iris"))
            await server.memory.count(try Self.counters())

            let requests = try await server.client.endpoint(iris).deployments.first?.requests

            #expect(requests?.answers == [200: 40, 429: 1, 502: 2])
            #expect(requests?.total == 43)
            #expect(requests?.redispatched == 3)
        }
    }
}
