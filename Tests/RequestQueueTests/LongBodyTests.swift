// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Glibc
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A long body` {
    let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private func makeLongBody() throws -> LongBody {
        let long = try LongBody()
        try body.withUnsafeBytes { bytes in
            try long.append(UnsafeRawBufferPointer(rebasing: bytes[..<70_000]))
            try long.append(UnsafeRawBufferPointer(rebasing: bytes[70_000...]))
        }
        return long
    }

    private func post(_ body: LongBody, to lane: Lane) throws -> Ticket {
        try Array("POST /score\n".utf8).withUnsafeBytes {
            try lane.post(head: $0, body: body, deadline: .never)
        }
    }

    private func bytes(of request: scorer_request) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: request.body, count: Int(request.body_length)))
    }

    @Test func `arrives whole, with its head`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)

        _ = try lane.post(body, head: "POST /score\n")
        let request = try scorer.take()

        #expect(bytes(of: request) == body)
        #expect(request.headText == "POST /score\n")
    }

    @Test func `is kept for another lane, where it arrives whole again`() throws {
        let long = try makeLongBody()
        #expect(long.count == body.count)

        for _ in 0..<2 {
            let ends = try makeEnds()
            let lane = try makeLane(ends.near)
            let scorer = try HonestScorer(ends.far)
            _ = try post(long, to: lane)
            let request = try scorer.take()
            #expect(bytes(of: request) == body)
            #expect(request.headText == "POST /score\n")
        }
    }

    @Test func `takes no more once it was posted`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near)
        let long = try makeLongBody()
        _ = try post(long, to: lane)

        #expect(throws: LaneError.self) {
            try body.withUnsafeBytes { try long.append($0) }
        }
    }

    @Test func `is sealed against every change before the scorer has it`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        _ = try post(try makeLongBody(), to: lane)
        let memory = try #require(try scorer.receiveDescriptor())

        #expect(!kit_can_write(memory.number))
        #expect(!kit_can_resize(memory.number))
    }

    @Test func `that does not fit beside its head goes apart, one that does not`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 2, areaBytes: 4_096)
        let scorer = try RawScorer(ends.far)
        let apart = UInt16(SCORER_FLAG_APART.rawValue)

        let fits = try lane.post([UInt8](repeating: 1, count: 4_090), head: "123456")
        let not = try lane.post([UInt8](repeating: 1, count: 4_091), head: "123456")

        #expect(scorer.slot(fits.slot).flags & apart == 0)
        #expect(scorer.slot(not.slot).flags & apart == apart)
    }

    @Test func `that was declined leaves nothing mapped in the scorer`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near)
        let scorer = try ForkedScorer(KIT_ECHO, on: ends.far)
        try lane.waitUntilReady()

        for _ in 0..<50 {
            _ = try lane.post(body, deadline: .zero)
            #expect(try lane.completions(1).map(\.outcome) == [.declined])
        }

        let maps = try readWhole("/proc/\(scorer.pid)/maps")
        #expect(maps.contains("scorekeeper-requests"))
        #expect(!maps.contains("scorekeeper-body"))
    }

    @Test func `is refused for now by a scorer that does not read its socket`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near, calls: 1_024)
        let scorer = try RawScorer(ends.far)
        let long = try makeLongBody()

        let error = #expect(throws: LaneError.self) {
            for _ in 0..<1_024 { _ = try post(long, to: lane) }
        }

        #expect(error == .socketFull)
        #expect(lane.credit > 0)
        #expect(scorer.slot(0).ticket == 1)
    }
}
