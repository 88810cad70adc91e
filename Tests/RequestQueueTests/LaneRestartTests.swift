// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Glibc
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A gateway's restart` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `leaves the scorer ready for the new gateway without asking it`() throws {
        var old: Lane? = try makeLane(ends.near, generation: 1)
        let scorer = try HonestScorer(ends.far)
        scorer.ready()
        #expect(try old?.received() == [.ready])
        old = nil

        let new = try makeLane(ends.near, generation: 2)
        _ = try new.post("for the new one")

        #expect(try scorer.take().bodyText == "for the new one")
        #expect(old == nil)
        #expect(try new.received()?.contains(.ready) == true)
    }

    @Test func `has what the scorer told the old gateway told to the new one`() throws {
        var old: Lane? = try makeLane(ends.near, generation: 1)
        let scorer = try HonestScorer(ends.far)
        scorer.share(8)
        scorer.tell("facts")
        scorer.ready()
        #expect(try old?.received() == [.shares(8), .told("facts"), .ready])
        old = nil

        let new = try makeLane(ends.near, generation: 2)
        _ = try new.post("for the new one")
        _ = try scorer.take()

        #expect(try new.received()?.prefix(3) == [.told("facts"), .shares(8), .ready])
    }

    @Test func `lets the scorer finish what it has begun, into the old lane`() throws {
        let old = try makeLane(ends.near, generation: 1)
        let scorer = try HonestScorer(ends.far)
        let begun = try old.post("begun under the old one")
        var first = try scorer.take()

        let new = try makeLane(ends.near, generation: 2)
        _ = try new.post("for the new one")
        var second = try scorer.take()
        #expect(scorer.isCancelled(&first))
        #expect(!scorer.isCancelled(&second))
        #expect(first.bodyText == "begun under the old one")
        #expect(scorer.answer(&first, "old") == SCORER_OK)
        #expect(scorer.answer(&second, "new") == SCORER_OK)

        #expect(try old.drained().map(\.ticket) == [begun])
        #expect(try new.drained().map(\.body) == [Array("new".utf8)])
    }

    @Test func `ends an answer in parts, which nobody reads any more`() throws {
        let old = try makeLane(ends.near, generation: 1)
        let scorer = try HonestScorer(ends.far)
        _ = try old.post("stream")
        var request = try scorer.take()
        #expect(scorer.part(&request, "one") == SCORER_OK)
        #expect(scorer.part(&request, "two") == SCORER_OK)

        let new = try makeLane(ends.near, generation: 2)
        _ = try new.post("next")
        var next = try scorer.take()

        #expect(scorer.part(&request, "three") == SCORER_CANCELLED)
        #expect(next.bodyText == "next")
        #expect(scorer.answer(&next, "next") == SCORER_OK)
        #expect(try new.drained().count == 1)
    }

    @Test func `is not mistaken for ready by what was said to the old gateway`() throws {
        _ = try makeLane(ends.near, generation: 1)
        let scorer = try HonestScorer(ends.far)
        scorer.ready()

        let new = try makeLane(ends.near, generation: 2)

        #expect(try new.received() == [])
    }

    @Test func `into another version is refused by the scorer by name`() throws {
        var hello = scorer_hello()
        hello.packet = UInt8(SCORER_PACKET_HELLO.rawValue)
        hello.version = 2
        let bytes = withUnsafeBytes(of: hello) { Array($0) }
        #expect(send(ends.near.number, bytes, bytes.count, 0) == bytes.count)

        #expect(throws: HonestScorer.Failure(result: SCORER_OTHER_VERSION.rawValue)) {
            try HonestScorer(ends.far)
        }
    }
}
