// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Glibc
import ScorerKit
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A scorer that says how it works` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `is heard by the gateway`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try Scorer(socket: ends.far.number)

        try scorer.declare(threads: 3)
        try scorer.declare(sharing: 8)
        try scorer.ready()

        #expect(scorer.allowedCalls == 4)
        #expect(try lane.received() == [.threads(3), .shares(8), .ready])
    }

    @Test(arguments: [0, 1_025, -1]) func `cannot say so many threads`(count: Int) throws {
        let lane = try makeLane(ends.near)
        let scorer = try Scorer(socket: ends.far.number)

        #expect(throws: ScorerError.misused) { try scorer.declare(threads: count) }
        #expect(try lane.received() == [])
    }

    @Test func `has a later gateway told without asking`() throws {
        let old = try makeLane(ends.near, generation: 1)
        let scorer = try Scorer(socket: ends.far.number)
        try scorer.declare(threads: 3)
        try scorer.count("rows_total", by: 2)
        _ = try old.received()

        let new = try makeLane(ends.near, generation: 2)
        _ = try new.post("x")
        let request = try #require(try scorer.take())
        try scorer.count("rows_total", by: 3)
        try request.answer(Answer([]))

        let told: [ScorerPacket] = [
            .threads(3), .metrics([ScorerMetric(name: "rows_total", kind: .counter, value: 5)]),
        ]
        #expect(try new.received()?.filter { $0 != .bell } == told)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A scorer's metrics` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `are told at once, and then once a second, whole`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try Scorer(socket: ends.far.number)

        try scorer.count("rows_total", by: 2)
        let first = try lane.received()
        try scorer.count("rows_total", by: 0.5)
        try scorer.set("cache:entries", to: -3)
        let second = try lane.received() ?? []

        #expect(first == [.metrics([ScorerMetric(name: "rows_total", kind: .counter, value: 2)])])
        // One where this machine took a second for it.
        #expect(second.count <= 1)
    }

    @Test func `are told by a scorer that sleeps on`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try Scorer(socket: ends.far.number)
        try scorer.count("rows_total")
        try scorer.set("entries", to: 7)
        let all = [
            ScorerMetric(name: "rows_total", kind: .counter, value: 1),
            ScorerMetric(name: "entries", kind: .gauge, value: 7),
        ]
        let sleeper = Thread { _ = try? scorer.take() }

        var heard: [ScorerPacket] = []
        while !heard.contains(.metrics(all)) {
            lane.sleep()
            heard += try lane.received() ?? []
        }
        try lane.tellToDrain()
        sleeper.join()

        #expect(heard.contains(.metrics(all)))
    }

    @Test(arguments: ["", "7th", "with space", "dash-ed", "scorekeeper_mine", "é", "{}"])
    func `have no such name`(name: String) throws {
        _ = try makeLane(ends.near)
        let scorer = try Scorer(socket: ends.far.number)

        #expect(throws: ScorerError.misused) { try scorer.count(name) }
        #expect(throws: ScorerError.misused) { try scorer.set(name, to: 1) }
    }

    @Test func `are counted by numbers, of one kind, and not without end`() throws {
        _ = try makeLane(ends.near)
        let scorer = try Scorer(socket: ends.far.number)
        let longest = String(repeating: "n", count: 54)
        try scorer.count(longest)

        #expect(throws: ScorerError.misused) { try scorer.count(longest + "n") }
        #expect(throws: ScorerError.misused) { try scorer.set(longest, to: 1) }
        #expect(throws: ScorerError.misused) { try scorer.count(longest, by: -1) }
        #expect(throws: ScorerError.misused) { try scorer.count(longest, by: .infinity) }
        #expect(throws: ScorerError.misused) { try scorer.set("gauge", to: .nan) }
        for number in 2...64 { try? scorer.set("gauge_\(number)", to: 1) }
        #expect(throws: ScorerError.misused) { try scorer.set("one_too_many", to: 1) }
    }

    /// Packets that no honest scorer sends: name, kind, value, how many are claimed.
    struct Lie: Sendable {
        var names = ["a"]
        var kind: UInt8 = 2
        var value = 1.0
        var claimed: UInt32?
        var cut = 0

        func bytes(generation: UInt64 = 1) -> [UInt8] {
            var head = scorer_metrics()
            head.packet = UInt8(SCORER_PACKET_METRICS.rawValue)
            head.count = claimed ?? UInt32(names.count)
            head.generation = generation
            var bytes = withUnsafeBytes(of: head) { Array($0) }
            for name in names {
                var metric = scorer_metric()
                metric.value = value
                metric.kind = kind
                metric.name_length = UInt8(name.utf8.count)
                withUnsafeMutableBytes(of: &metric.name) {
                    $0.copyBytes(from: name.utf8.prefix($0.count))
                }
                bytes += withUnsafeBytes(of: metric) { Array($0) }
            }
            return Array(bytes.dropLast(cut))
        }
    }

    @Test(arguments: [
        Lie(names: ["b c"]), Lie(names: ["a", "b", "a"]), Lie(names: [""]), Lie(kind: 0),
        Lie(kind: 3), Lie(value: .nan), Lie(value: .infinity), Lie(kind: 1, value: -1),
        Lie(claimed: 2), Lie(claimed: 0), Lie(claimed: .max), Lie(cut: 1), Lie(cut: 70),
        Lie(names: ["scorekeeper_x"]), Lie(names: [String(repeating: "n", count: 55)]),
        Lie(names: (0..<65).map { "n\($0)" }),
    ])
    func `that are none end the lane`(lie: Lie) throws {
        let lane = try makeLane(ends.near)

        let heard = Self.interpret(lie.bytes(), by: lane)

        #expect(throws: ProtocolViolation.self) { try heard.get() }
        #expect(lane.credit == 0)
    }

    @Test func `of an earlier life of the gateway say nothing`() throws {
        let lane = try makeLane(ends.near, generation: 2)

        #expect(try Self.interpret(Lie().bytes(generation: 1), by: lane).get() == nil)
        #expect(lane.credit == 1)
    }

    private static func interpret(
        _ packet: [UInt8],
        by lane: Lane
    ) -> Result<ScorerPacket?, ProtocolViolation> {
        packet.withUnsafeBytes { bytes in
            Result { () throws(ProtocolViolation) in try lane.interpret(packet: bytes) }
        }
    }
}

/// A thread of the test that can be waited for.
private final class Thread {
    private var thread = pthread_t()
    private let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
        pthread_create(
            &thread,
            nil,
            { pointer in
                if let pointer {
                    Unmanaged<Thread>.fromOpaque(pointer).takeUnretainedValue().body()
                }
                return nil
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    func join() { pthread_join(thread, nil) }
}
