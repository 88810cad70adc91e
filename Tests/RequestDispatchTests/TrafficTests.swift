// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import RequestDispatch

/// Percentages of `count` deployments that make 100.
private func percents(of count: Int, _ random: inout SplitMix64) -> [Int] {
    let cuts = (1..<count).map { _ in random.below(101) }.sorted()
    return zip([0] + cuts, cuts + [100]).map { $1 - $0 }
}

/// Slides over all windows of a hundred and shows each one's counts.
private func forEachWindow(
    of turns: [Int],
    deployments: Int,
    _ look: (_ start: Int, _ counts: [Int]) -> Void
) {
    var counts = [Int](repeating: 0, count: deployments)
    for (place, turn) in turns.enumerated() {
        counts[turn] += 1
        if place >= 100 { counts[turns[place - 100]] -= 1 }
        if place >= 99 { look(place - 99, counts) }
    }
}

@Suite struct `Any split` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `is exact over every hundred consecutive requests, wherever they begin`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let shares = percents(of: 2 + random.below(5), &random)
        let split = TrafficSplit(percents: shares)
        let start = random.next() >> 1

        let turns = (0..<500).compactMap { split.choose(sequence: start + $0) }

        #expect(turns.count == 500)
        forEachWindow(of: turns, deployments: shares.count) { start, counts in
            #expect(counts == shares, "seed \(seed), window \(start)")
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `gives each about its part of any few requests`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let shares = percents(of: 2 + random.below(4), &random)
        let split = TrafficSplit(percents: shares)

        for _ in 0..<50 {
            let (start, length) = (UInt64(random.below(100)), 1 + random.below(99))
            let turns = (0..<UInt64(length)).compactMap { split.choose(sequence: start + $0) }
            for (position, share) in shares.enumerated() {
                let off = turns.count { $0 == position } * 100 - share * length
                #expect(abs(off) <= 300, "seed \(seed): \(shares), \(length) from \(start)")
            }
        }
    }

    /// A hundred requests of which some went by the old table and the rest by the new one.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `that is changed half way blends two tables, and is exact from there on`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tables = [percents(of: 3, &random), percents(of: 3, &random)]
        let splits = tables.map { TrafficSplit(percents: $0) }
        let change = UInt64(100 + random.below(100))

        let turns = (0..<500 as Range<UInt64>).compactMap { sequence in
            splits[sequence < change ? 0 : 1].choose(sequence: sequence)
        }

        forEachWindow(of: turns, deployments: 3) { start, counts in
            let old = min(100, max(0, Int(change) - start))
            for position in 0..<3 {
                let blend = tables[0][position] * old + tables[1][position] * (100 - old)
                let slack = old == 0 || old == 100 ? 0 : 500
                #expect(abs(counts[position] * 100 - blend) <= slack, "seed \(seed) at \(start)")
            }
        }
    }

    @Test func `is the same whatever deployments without traffic there are`() {
        let some = TrafficSplit(percents: [30, 70])
        let more = TrafficSplit(percents: [0, 30, 0, 0, 70, 0])

        #expect((0..<200).allSatisfy { some.choose(sequence: $0) == 0 } == false)
        #expect(
            (0..<200).allSatisfy { sequence in
                more.choose(sequence: sequence) == (some.choose(sequence: sequence) == 0 ? 1 : 4)
            }
        )
    }

    @Test func `takes percentages that are none for the nearest that are`() {
        let split = TrafficSplit(percents: [-5, 1_000, 0])

        #expect((0..<200).allSatisfy { split.choose(sequence: $0) == 1 })
    }
}

@Suite struct `A share` {
    @Test(arguments: 0...100)
    func `is exact over every hundred consecutive requests`(percent: Int) {
        var share = TrafficShare(percent: percent)

        let turns = (0..<400).map { _ in share.next() ? 1 : 0 }

        forEachWindow(of: turns, deployments: 2) { start, counts in
            #expect(counts == [100 - percent, percent], "window \(start)")
        }
    }

    @Test func `is spread over the turns of a split`() {
        let split = TrafficSplit(percents: [80, 20])
        var share = TrafficShare(percent: 10)

        let copied = (0..<100 as Range<UInt64>).filter { _ in share.next() }

        #expect(copied.count { split.choose(sequence: $0) == 1 } == 2)
        #expect(zip(copied, copied.dropFirst()).allSatisfy { $1 - $0 >= 3 })
    }

    @Test func `goes on where it is when it is changed`() {
        var share = TrafficShare(percent: 10)
        _ = (0..<37).map { _ in share.next() }

        share.change(to: 50)
        let turns = (0..<100).count { _ in share.next() }
        share.change(to: -1)
        let none = (0..<100).count { _ in share.next() }

        #expect(turns == 50)
        #expect(none == 0)
    }
}
