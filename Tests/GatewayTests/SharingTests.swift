// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Testing
import Vocabulary

@testable import Gateway

@Suite(.serialized) struct `A scorer whose requests share calls` {
    private let score = "/endpoints/iris/score"

    @Test func `finds those that wait together in its lane`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try SharingScorer(gateway, gateway.run(1), aheadOfShared: 15)
        try gateway.route([gateway.run(1)])
        let clients = try (0..<6).map { _ in try gateway.connect() }
        clients[0].post(score, "0")
        var first = try scorer.take(most: 8)

        for (place, client) in clients.enumerated().dropFirst() { client.post(score, "\(place)") }
        while try gateway.statistics()?.bound != 6 { sched_yield() }
        var rest = try scorer.take(most: 8)
        scorer.answer(&first)
        scorer.answer(&rest)

        #expect(first.count == 1)
        #expect(rest.count == 5)
        for (place, client) in clients.enumerated() {
            #expect(try client.answer().text == "\(place)")
        }
    }

    @Test func `gets one at a time again once it says so`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try SharingScorer(gateway, gateway.run(1), aheadOfShared: 15)
        try gateway.route([gateway.run(1)])
        let clients = try (0..<3).map { _ in try gateway.connect() }
        scorer_shares(scorer.lane, 1)
        scorer.tell("alone")
        try gateway.report { if case .told(_, "alone") = $0 { true } else { nil } }

        for (place, client) in clients.enumerated() { client.post(score, "\(place)") }
        while try gateway.statistics()?.waiting != 2 { sched_yield() }

        for _ in clients {
            var taken = try scorer.take(most: 8)
            #expect(taken.count == 1)
            scorer.answer(&taken)
        }
        for client in clients { #expect(try client.answer().status == 200) }
    }

    @Test func `shares nothing where its deployment does not let it`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try SharingScorer(gateway, gateway.run(1), aheadOfShared: 0)
        try gateway.route([gateway.run(1)])
        let clients = try (0..<2).map { _ in try gateway.connect() }

        for client in clients { client.post(score, "x") }
        while try gateway.statistics()?.waiting != 1 { sched_yield() }
        var taken = try scorer.take(most: 8)

        #expect(taken.count == 1)
        scorer.answer(&taken)
    }
}

@Suite struct `What a scorer tells` {
    @Test func `is passed on to a supervisor, also to one that comes later`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try SharingScorer(gateway, gateway.run(1), aheadOfShared: 0)

        scorer.tell("facts")
        try gateway.report { if case .told(gateway.run(1), "facts") = $0 { true } else { nil } }
        try gateway.reconnect()

        try gateway.report { if case .told(gateway.run(1), "facts") = $0 { true } else { nil } }
    }

    @Test func `is passed on once a second, the newest`() {
        var told = Told<String>()
        let start = Moment(nanoseconds: 1)

        #expect(told.hear("a", at: start) == .pass)
        #expect(told.hear("a", at: start + .milliseconds(100)) == .nothing)
        #expect(told.hear("b", at: start + .milliseconds(200)) == .wait(.milliseconds(800)))
        #expect(told.hear("c", at: start + .milliseconds(300)) == .nothing)
        #expect(told.value == "c")

        told.due(at: start + .seconds(1))
        #expect(told.hear("d", at: start + .milliseconds(1_500)) == .wait(.milliseconds(500)))
        told.due(at: start + .seconds(2))
        #expect(told.hear("e", at: start + .milliseconds(3_000)) == .pass)
    }
}

/// A scorer on the test's own thread that says that eight requests may share a call.
private final class SharingScorer {
    let lane: OpaquePointer

    init(_ gateway: GatewayUnderTest, _ run: Run, aheadOfShared: Int) throws {
        let socket = try gateway.openLane(run, aheadOfShared: aheadOfShared)
        var lane: OpaquePointer?
        guard scorer_attach(socket, &lane) == SCORER_OK, let lane else {
            throw Stuck(what: "no lane came")
        }
        self.lane = lane
        scorer_shares(lane, 8)
        scorer_ready(lane)
        try gateway.report { if case .ready(run) = $0 { true } else { nil } }
    }

    deinit { scorer_detach(lane) }

    func tell(_ facts: String) { scorer_tell(lane, facts, facts.utf8.count) }

    func take(most: Int) throws -> [scorer_request] {
        var requests = [scorer_request](repeating: scorer_request(), count: most)
        var count: UInt32 = 0
        guard scorer_take_many(lane, &requests, UInt32(most), &count) == SCORER_OK else {
            throw Stuck(what: "nothing can be taken")
        }
        return Array(requests.prefix(Int(count)))
    }

    /// Answers each with its own body.
    func answer(_ requests: inout [scorer_request]) {
        for place in requests.indices {
            let (body, length) = (requests[place].body, requests[place].body_length)
            scorer_answer(lane, &requests[place], 200, nil, 0, body, length)
        }
    }
}
