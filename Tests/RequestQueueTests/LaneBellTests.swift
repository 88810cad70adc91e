// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CLinux
import CScorerABI
import Testing
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A bell` {
    let ends: (near: Descriptor, far: Descriptor)
    private static let bell = UInt8(SCORER_PACKET_BELL.rawValue)

    init() throws { ends = try makeEnds() }

    @Test func `is not rung for a scorer that is awake`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try RawScorer(ends.far)

        _ = try lane.post("a")

        #expect(scorer.packets().isEmpty)
    }

    @Test func `is rung once for each sleep, however much is posted`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try RawScorer(ends.far)

        scorer.raiseAsleep(to: 1)
        _ = try lane.post("a")
        _ = try lane.post("b")
        #expect(scorer.packets() == [Self.bell])

        scorer.raiseAsleep(to: 2)
        _ = try lane.post("c")
        _ = try lane.post("d")
        #expect(scorer.packets() == [Self.bell])
    }

    @Test func `is rung on the futex alone, once for each sleep, where the scorer sleeps`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try RawScorer(ends.far)
        let atFirst = scorer.bells
        #expect(atFirst != 0)

        for sleep: UInt32 in 1...2 {
            scorer.raiseAsleepOnBells(to: UInt64(sleep))
            _ = try lane.post("a")
            _ = try lane.post("b")
            #expect(scorer.bells == atFirst + sleep)
        }

        #expect(scorer.packets().isEmpty)
    }

    @Test func `is a packet again for a scorer that went on to sleep by the socket`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try RawScorer(ends.far)

        scorer.raiseAsleepOnBells(to: 1)
        _ = try lane.post("a")
        let bells = scorer.bells
        scorer.raiseAsleep(to: 2)
        _ = try lane.post("b")

        #expect(scorer.packets() == [Self.bell])
        #expect(scorer.bells == bells)
    }

    @Test func `wakes a scorer on the futex for the word to leave, which is a packet`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        scorer.raiseAsleepOnBells(to: 1)
        let bells = scorer.bells

        try lane.tellToDrain()

        #expect(scorer.bells == bells + 1)
        #expect(scorer.packets() == [UInt8(SCORER_PACKET_DRAIN.rawValue)])
    }

    @Test func `wakes a scorer on the futex for the next gateway, which greets by packet`() throws {
        var lane: Lane? = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        scorer.raiseAsleepOnBells(to: 1)
        let bells = scorer.bells
        #expect(lane?.credit == 1)

        lane = nil

        #expect(scorer.bells == bells + 1)
    }

    @Test func `on the futex wakes who sleeps there`() throws {
        let lane = try makeLane(ends.near)
        let sleeper = try ForkedScorer(KIT_LISTEN, on: ends.far)
        try sleeper.waitUntilAsleep()

        _ = try lane.post("a")

        #expect(sleeper.end() == 0)
    }

    @Test func `is awaited on the futex first, then by the socket`() throws {
        let lane = try makeLane(ends.near)
        let far = try Intercepted(KIT_ECHO, at: ends.far)

        try far.scorer.wait { far.words.asleep > 0 }
        #expect(far.words.asleepOnBells == 1)
        try far.scorer.wait { far.words.asleep > 1 }
        _ = try lane.post("a")

        #expect(far.words.packets() == [Self.bell])
    }

    @Test func `is awaited by the socket where a packet is there that nobody has read`() throws {
        let lane = try makeLane(ends.near)
        let words = try RawScorer(ends.far)
        try lane.tellToDrain()
        let far = try Intercepted(KIT_ECHO, of: words)

        try far.scorer.wait { words.asleep > 0 }
        try far.scorer.waitUntilAsleep()
        far.pass(words.packets(), generation: words.generation)

        #expect(far.scorer.end() == 0)
        #expect(words.asleep == 1)
    }

    @Test func `is awaited through signals whose handlers are not to be noticed`() throws {
        let lane = try makeLane(ends.near)
        let far = try Intercepted(KIT_SIGNALLED, at: ends.far)

        try far.scorer.wait { far.words.asleep > 1 }
        _ = try lane.post("a")
        far.pass(far.words.packets(), generation: far.words.generation)

        #expect(far.scorer.end() == 0)
    }

    @Test func `is told apart from packets, which are counted`() throws {
        let lane = try makeLane(ends.near, calls: 2, areaBytes: 4_096)
        let scorer = try RawScorer(ends.far)

        scorer.raiseAsleep(to: 1)
        _ = try lane.post("a")
        #expect(scorer.packetsSent == 0)
        _ = try lane.post([UInt8](repeating: 0, count: 5_000))
        #expect(scorer.packetsSent == 1)
        try lane.tellToDrain()
        #expect(scorer.packetsSent == 2)
    }

    @Test func `waits for all that is gathered, however often the scorer sleeps`() throws {
        let lane = try makeLane(ends.near, calls: 4)
        let scorer = try RawScorer(ends.far)

        for sleep in 1...4 {
            scorer.raiseAsleep(to: UInt64(sleep))
            _ = try lane.post("a", gathered: true)
        }
        #expect(scorer.packets().isEmpty)
        lane.ring()

        #expect(scorer.packets() == [Self.bell])
    }

    @Test func `is rung for a scorer that fell asleep after all was gathered`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)

        _ = try lane.post("a", gathered: true)
        scorer.raiseAsleep(to: 1)
        lane.ring()

        #expect(scorer.packets() == [Self.bell])
    }

    @Test func `is not rung where nothing was gathered since the last time`() throws {
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try RawScorer(ends.far)

        scorer.raiseAsleep(to: 1)
        lane.ring()
        #expect(scorer.packets().isEmpty)

        _ = try lane.post("a", gathered: true)
        _ = try lane.post("b")
        #expect(scorer.packets() == [Self.bell])
        scorer.raiseAsleep(to: 2)
        lane.ring()
        #expect(scorer.packets().isEmpty)
    }

    @Test func `is not rung for a gateway that has not armed`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a")
        var request = try scorer.take()

        scorer.answer(&request, "a")

        #expect(try lane.received()?.isEmpty == true)
    }

    @Test func `is rung once for a gateway that armed, however much is answered`() throws {
        let lane = try makeLane(ends.near, calls: 2)
        let scorer = try HonestScorer(ends.far)
        for round in 0..<3 {
            _ = try lane.post("a")
            _ = try lane.post("b")

            #expect(lane.arm())
            for _ in 0..<2 {
                var request = try scorer.take()
                scorer.answer(&request, "a")
            }

            #expect(try lane.received() == [.bell], "round \(round)")
            #expect(try lane.drained().count == 2)
        }
    }

    @Test func `is not rung again once the gateway is awake`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a")
        #expect(lane.arm())
        lane.disarm()
        var request = try scorer.take()

        scorer.answer(&request, "a")

        #expect(try lane.received()?.isEmpty == true)
    }

    @Test func `is not waited for when an answer came before arming`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a")
        var request = try scorer.take()
        scorer.answer(&request, "a")

        #expect(!lane.arm())
        #expect(try lane.drained().count == 1)
        #expect(lane.arm())
    }

    @Test func `that fills the socket of a scorer that does not read blocks nobody`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)

        for sleep in 1...10_000 {
            scorer.raiseAsleep(to: UInt64(sleep))
            let ticket = try lane.post("a")
            scorer.give(scorer.honestAnswer(to: ticket))
            _ = try lane.drained()
        }

        #expect(scorer.packets().count < 10_000)
    }

    @Test func `that rings for nothing is left alone for longer and longer`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        var rests: [Duration?] = []

        for _ in 1...16 {
            scorer.send([Self.bell])
            #expect(try lane.received() == [.bell])
            _ = try lane.drained()
            #expect(lane.arm())
            rests.append(lane.rest)
        }

        let milliseconds = [1, 2, 4, 8, 16, 32, 64, 64, 64].map { Duration.milliseconds($0) }
        #expect(rests == Array(repeating: nil, count: 7) + milliseconds)

        let ticket = try lane.post("a")
        scorer.give(scorer.honestAnswer(to: ticket))
        scorer.send([Self.bell])
        _ = try lane.received()
        _ = try lane.drained()
        #expect(lane.arm())
        #expect(lane.rest == nil)
    }

    @Test func `is for what was found before it was read`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)

        for _ in 1...20 {
            let ticket = try lane.post("a")
            scorer.give(scorer.honestAnswer(to: ticket))
            scorer.send([Self.bell])
            _ = try lane.drained()
            #expect(lane.arm())
            #expect(try lane.received() == [.bell])
            _ = try lane.drained()
            #expect(lane.arm())
        }

        #expect(lane.rest == nil)
    }

    @Test(arguments: [true, false])
    func `is as empty as what a scorer says for the second time`(saysReady: Bool) throws {
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        var rests: [Bool] = []

        for _ in 1...9 {
            if saysReady { scorer.ready() } else { scorer.fail("again") }
            _ = try lane.received()
            _ = try lane.drained()
            #expect(lane.arm())
            rests.append(lane.rest != nil)
        }

        #expect(rests == Array(repeating: false, count: 8) + [true])
    }
}

/// A scorer in a process of its own whose words are seen, and whose packets come by way of us.
private struct Intercepted {
    let words: RawScorer
    let scorer: ForkedScorer
    private let socket: Descriptor

    init(_ scorer: kit_scorer, at end: Descriptor) throws {
        try self.init(scorer, of: RawScorer(end))
    }

    init(_ scorer: kit_scorer, of words: RawScorer) throws {
        let beyond = try makeEnds()
        try words.passHello(to: beyond.near)
        self.words = words
        self.socket = beyond.near
        self.scorer = try ForkedScorer(scorer, on: beyond.far)
    }

    /// Sends what came for it on: bells and words.
    func pass(_ kinds: [UInt8], generation: UInt64) {
        for kind in kinds {
            var word = scorer_word()
            word.packet = kind
            word.generation = generation
            let isBell = UInt32(kind) == SCORER_PACKET_BELL.rawValue
            let size = isBell ? 1 : MemoryLayout<scorer_word>.size
            _ = linux_packet_send(socket.number, &word, size, nil, 0)
        }
    }
}
