// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Testing
import Vocabulary
import Wire

@testable import Gateway
@testable import RequestQueue

@Suite(.serialized) struct `What is kept of a deployment's requests` {
    @Test func `is all until there are enough, then one each quarter of a second`() {
        let room = KeptRequests.Room()
        let empty = KeptRequests(limit: 2, room: room, waiting: room)
        let full = KeptRequests(limit: 0, room: room, waiting: room)

        let all = (0..<100).map { empty.sample(at: .zero + .milliseconds($0)) != nil }
        let some = stride(from: 0, to: 1_000, by: 10).map {
            full.sample(at: .zero + .milliseconds($0)) != nil
        }

        #expect(all.allSatisfy { $0 })
        #expect(some.count { $0 } == 4)
    }

    @Test func `takes no more memory than it may: the oldest go first`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { _ in
            .whole(status: 200, head: "", body: [1])
        }
        try gateway.route([gateway.run(1)]) {
            $0.keptRequests = 64
            $0.bodyLimit = 2 << 20
        }
        let client = try gateway.connect()
        for number in 0..<40 {
            client.post("/endpoints/iris/score", [UInt8](repeating: UInt8(number), count: 1 << 20))
            _ = try client.answer()
        }
        let new = try gateway.startScorer(gateway.run(2), revision: 2) { _ in
            .whole(status: 200, head: "", body: [1])
        }

        try gateway.send(
            .compare(
                ComparisonOrder(
                    run: gateway.run(2),
                    old: Revision(number: 1),
                    requests: 64,
                    tolerance: 0,
                    limitMilliseconds: 60_000
                )
            )
        )
        let found = try gateway.report { report in
            if case .compared(let tally) = report { tally } else { nil }
        }
        let asked = try (0..<found.requests).map { _ in try new.asked.take { $0.body.first } }

        // With what stands around each of them, 32 do not fit into 32 MiB.
        #expect(found.requests == 31)
        #expect(found.tally.equal == 31)
        #expect(asked == (9..<40).map { UInt8($0) })
    }

    @Test func `holds no descriptor, however long the bodies are`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1)) { _ in
            .whole(status: 200, head: "", body: [1])
        }
        try gateway.route([gateway.run(1)]) { $0.keptRequests = 64 }
        let client = try gateway.connect()
        // A length that no other test has: all of them are in one process.
        let body = [UInt8](repeating: 0x61, count: 77_717)

        for _ in 0..<10 {
            client.post("/endpoints/iris/score", body)
            _ = try client.answer()
        }

        #expect(scorer.begun == 10)
        #expect(Self.descriptors(ofLength: body.count) == 0)
    }

    private static func descriptors(ofLength length: Int) -> Int {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return numbers.compactMap { Int32($0) }.count { number in
            var facts = stat()
            return fstat(number, &facts) == 0 && facts.st_size == length
        }
    }
}

@Suite struct `An answer that is kept` {
    @Test func `is not copied again for each of its parts`() {
        let sample = SampledAnswer(in: KeptRequests.Room())
        let part: [UInt8] = [0x61, 0x62]
        var places: [UnsafeRawPointer?] = []

        part.withUnsafeBytes { bytes in
            for _ in 0..<10_000 {
                var completion = lane_completion()
                completion.outcome = SCORER_OUTCOME_PART
                completion.status = 200
                completion.body = bytes.baseAddress
                completion.body_length = UInt32(bytes.count)
                sample.take(Completion(completion), isLast: false)
                let place = sample.body?.withUnsafeBytes { $0.baseAddress }
                if places.last != .some(place) { places.append(place) }
            }
        }

        #expect(sample.body == Array(repeating: part, count: 10_000).flatMap { $0 })
        #expect(places.count < 40)
    }

    @Test func `is given up beyond a mebibyte, and holds nothing any more`() {
        let room = KeptRequests.Room(bytes: 1 << 20)
        let sample = SampledAnswer(in: room)
        let part = [UInt8](repeating: 0x61, count: 1 << 18)

        part.withUnsafeBytes { bytes in
            for _ in 0..<5 {
                var completion = lane_completion()
                completion.outcome = SCORER_OUTCOME_PART
                completion.status = 200
                completion.body = bytes.baseAddress
                completion.body_length = UInt32(bytes.count)
                sample.take(Completion(completion), isLast: false)
            }
        }

        #expect(sample.body == nil)
        #expect(room.has(1 << 20))
    }
}
