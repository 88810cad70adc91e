// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `An alarm` {
    /// What was heard, in order.
    private let heard: AsyncStream<Void>
    private let voice: AsyncStream<Void>.Continuation

    private let now = Moment(nanoseconds: 1_000_000_000)

    init() { (heard, voice) = AsyncStream.makeStream() }

    @Test func `rings when its time has come, and once`() async {
        let alarm = Alarm { [voice] in voice.yield() }
        let other = Alarm { [voice] in voice.finish() }

        alarm.set(for: now + .milliseconds(1), now: now)
        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)

        other.set(for: now + .milliseconds(20), now: now)
        #expect(await ears.next() == nil)
    }

    @Test func `rings at the time that was set last`() async {
        let alarm = Alarm { [voice] in voice.yield() }

        alarm.set(for: now + .seconds(1_000_000), now: now)
        alarm.set(for: now, now: now)

        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)
    }

    @Test func `does not ring once it is set to never`() async {
        let alarm = Alarm { [voice] in voice.yield() }
        let other = Alarm { [voice] in voice.finish() }

        alarm.set(for: now + .milliseconds(10), now: now)
        alarm.set(for: nil, now: now)
        other.set(for: now + .milliseconds(40), now: now)

        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() == nil)
    }

    @Test func `takes a time that has passed, and one that never comes`() async {
        let alarm = Alarm { [voice] in voice.yield() }

        alarm.set(for: .never, now: now)
        alarm.set(for: Moment(nanoseconds: 0), now: now)

        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)
    }

    @Test func `rings for the same time again once it has rung before it came`() async {
        let alarm = Alarm { [voice] in voice.yield() }
        let due = now + .milliseconds(1)
        alarm.set(for: due, now: now)
        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)

        alarm.hasRung()
        alarm.set(for: due, now: now)

        #expect(await ears.next() != nil)
    }
}
