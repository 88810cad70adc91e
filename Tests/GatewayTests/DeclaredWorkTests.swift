// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Testing
import Vocabulary

@testable import Gateway

@Suite struct `What a scorer declares` {
    /// What is declared and ordered, and what follows.
    struct Case: Sendable {
        var threads: Int?
        var shares = 1
        var calls: Int
        var ahead = 15
        var aheadOfShared = 15
        var limits: (Int, Int)
    }

    @Test(arguments: [
        // Nothing: as it was ordered.
        Case(threads: nil, calls: 1, limits: (1, 16)),
        Case(threads: nil, calls: 8, limits: (8, 23)),
        // One at a time: fewer calls are counted on, as many wait.
        Case(threads: 1, calls: 1, limits: (1, 16)),
        Case(threads: 1, calls: 8, limits: (1, 16)),
        // Many at once: no more than either says, and none ahead of them.
        Case(threads: 4, calls: 8, limits: (4, 4)),
        Case(threads: 8, calls: 4, limits: (4, 4)),
        Case(threads: 8, calls: 1, limits: (1, 1)),
        // Batches: one call's worth is at hand when another ends.
        Case(threads: nil, shares: 8, calls: 1, limits: (1, 16)),
        Case(threads: 1, shares: 64, calls: 1, ahead: 0, aheadOfShared: 127, limits: (1, 128)),
        Case(threads: 2, shares: 4, calls: 2, limits: (2, 8)),
        Case(threads: 2, shares: 64, calls: 2, limits: (2, 17)),
        Case(threads: 4, shares: 4, calls: 2, ahead: 0, aheadOfShared: 0, limits: (2, 2)),
    ])
    func `limits what its lane is given`(example: Case) {
        let declared = DeclaredWork(threads: example.threads, shares: example.shares)

        let limits = declared.limits(
            calls: example.calls,
            ahead: example.ahead,
            aheadOfShared: example.aheadOfShared
        )

        #expect(limits.calls == example.limits.0, "\(example)")
        #expect(limits.slots == example.limits.1, "\(example)")
    }
}

@Suite(.serialized) struct `A scorer of several threads` {
    @Test(arguments: [(2, 4), (4, 2)])
    func `begins no more than it said and than is allowed`(threads: Int, calls: Int) throws {
        let gateway = try GatewayUnderTest()
        let run = gateway.run(1)
        let socket = try gateway.openLane(run, calls: calls, ahead: 15)
        var opened: OpaquePointer?
        try #require(scorer_attach(socket, &opened) == SCORER_OK)
        let lane = try #require(opened)
        defer { scorer_detach(lane) }
        scorer_threads(lane, UInt32(threads))
        scorer_ready(lane)
        try gateway.report { if case .ready(run) = $0 { true } else { nil } }
        try gateway.route([run])
        let clients = try (0..<6).map { _ in try gateway.connect() }

        for client in clients { client.post("/endpoints/iris/score", "x") }
        while try gateway.statistics()?.waiting != 4 { sched_yield() }

        #expect(try gateway.statistics()?.bound == 2)
        for _ in clients {
            var request = scorer_request()
            try #require(scorer_take(lane, &request) == SCORER_OK)
            scorer_answer(lane, &request, 200, nil, 0, nil, 0)
        }
        for client in clients { #expect(try client.answer().status == 200) }
    }
}

@Suite struct `What a scorer publishes` {
    @Test func `reaches the supervisor, also one that comes later`() throws {
        let gateway = try GatewayUnderTest()
        let run = gateway.run(1)
        let socket = try gateway.openLane(run)
        var opened: OpaquePointer?
        try #require(scorer_attach(socket, &opened) == SCORER_OK)
        let lane = try #require(opened)
        defer { scorer_detach(lane) }
        let wanted = [ScorerMetric(name: "rows_total", kind: .counter, value: 3)]

        scorer_metric_add(lane, "rows_total", 3)
        try gateway.report { if case .metrics(run, wanted) = $0 { true } else { nil } }
        try gateway.reconnect()

        try gateway.report { if case .metrics(run, wanted) = $0 { true } else { nil } }
    }
}
