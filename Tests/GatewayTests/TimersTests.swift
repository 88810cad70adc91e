// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite struct `A loop's timers` {
    private func moment(_ second: UInt64) -> Moment { Moment(nanoseconds: second * 1_000_000_000) }

    private func due(_ timers: inout Timers<String>, at second: UInt64) -> [String] {
        var works: [String] = []
        while let work = timers.takeDue(at: moment(second)) { works.append(work) }
        return works
    }

    @Test func `come in the order of their moments, and of their making at the same one`() {
        var timers = Timers<String>()
        for (place, second) in [3, 1, 3, 2, 9].enumerated() {
            _ = timers.add(["c", "a", "d", "b", "z"][place], at: moment(UInt64(second)))
        }

        #expect(timers.nextDue == moment(1))
        #expect(due(&timers, at: 0) == [])
        #expect(due(&timers, at: 3) == ["a", "b", "c", "d"])
        #expect(timers.nextDue == moment(9))
        #expect(timers.count == 1)
    }

    @Test func `never come once they are cancelled, however often that is said`() {
        var timers = Timers<String>()
        let first = timers.add("first", at: moment(1))
        _ = timers.add("second", at: moment(2))

        timers.cancel(first)
        timers.cancel(first)

        #expect(timers.nextDue == moment(2))
        #expect(due(&timers, at: 5) == ["second"])
        #expect(timers.nextDue == .never)
        timers.cancel(first)
        #expect(due(&timers, at: 5) == [])
    }

    @Test(arguments: 0..<20)
    func `do in any history what a sorted list does`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var timers = Timers<String>()
        var list: [(due: UInt64, work: String, id: Timers<String>.ID)] = []
        var now: UInt64 = 0

        for step in 0..<2_000 {
            switch random.next() % 4 {
            case 0, 1:
                let second = now + random.next() % 50
                list.append((second, "\(step)", timers.add("\(step)", at: moment(second))))
            case 2 where !list.isEmpty:
                timers.cancel(list.remove(at: Int(random.next() % UInt64(list.count))).id)
            default:
                now += random.next() % 3
                let expected = list.enumerated().filter { $0.element.due <= now }
                    .sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }
                list.removeAll { $0.due <= now }
                #expect(due(&timers, at: now) == expected.map(\.element.work))
            }
            #expect(timers.count == list.count)
            #expect(timers.nextDue == (list.map(\.due).min().map(moment) ?? .never))
        }
    }
}
