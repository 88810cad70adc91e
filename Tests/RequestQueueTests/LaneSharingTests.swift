// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Testing
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `Requests that may share a call` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `are taken together as long as they follow each other`() throws {
        let lane = try makeLane(ends.near, calls: 1, ahead: 7)
        let scorer = try HonestScorer(ends.far)
        for (body, sharing) in [
            ("a", true), ("b", true), ("c", false), ("d", true), ("e", true), ("f", true),
        ] {
            _ = try lane.post(body, sharing: sharing)
        }

        #expect(try scorer.take(most: 8).map(\.bodyText) == ["a", "b"])
        #expect(try scorer.take(most: 8).map(\.bodyText) == ["c"])
        #expect(try scorer.take(most: 2).map(\.bodyText) == ["d", "e"])
        #expect(try scorer.take(most: 8).map(\.bodyText) == ["f"])
    }

    @Test func `leave out those that were withdrawn, and answer pings on the way`() throws {
        let lane = try makeLane(ends.near, calls: 1, ahead: 7)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a", sharing: true)
        let withdrawn = try lane.post("b", sharing: true)
        _ = try lane.post("c", sharing: true)
        #expect(lane.cancel(withdrawn) == .withdrawn)

        #expect(try scorer.take(most: 8).map(\.bodyText) == ["a", "c"])
        #expect(try lane.drained().map(\.ticket) == [withdrawn])
    }

    @Test func `can be answered in any order`() throws {
        let lane = try makeLane(ends.near, calls: 1, ahead: 2)
        let scorer = try HonestScorer(ends.far)
        let tickets = try ["a", "b", "c"].map { try lane.post($0, sharing: true) }
        var requests = try scorer.take(most: 3)

        for index in [2, 0, 1] { scorer.answer(&requests[index], "x") }

        #expect(try lane.drained().map(\.ticket) == [tickets[2], tickets[0], tickets[1]])
    }
}
