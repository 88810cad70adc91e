// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Supervisor

@Suite struct `An alarm` {
    /// What was heard, in order.
    private let heard: AsyncStream<Void>
    private let voice: AsyncStream<Void>.Continuation

    init() { (heard, voice) = AsyncStream.makeStream() }

    @Test func `rings when its time has come, and once`() async {
        let alarm = Alarm { [voice] in voice.yield() }
        let other = Alarm { [voice] in voice.finish() }

        alarm.set(after: .milliseconds(1))
        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)

        other.set(after: .milliseconds(20))
        #expect(await ears.next() == nil)
    }

    @Test func `rings at the time that was set last`() async {
        let alarm = Alarm { [voice] in voice.yield() }

        alarm.set(after: .seconds(1_000_000))
        alarm.set(after: .zero)

        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)
    }

    @Test func `does not ring once it is set to never`() async {
        let alarm = Alarm { [voice] in voice.yield() }
        let other = Alarm { [voice] in voice.finish() }

        alarm.set(after: .milliseconds(10))
        alarm.set(after: nil)
        other.set(after: .milliseconds(40))

        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() == nil)
    }

    @Test func `takes a time that has passed, and one that never comes`() async {
        let alarm = Alarm { [voice] in voice.yield() }

        alarm.set(after: .seconds(Int64.max))
        alarm.set(after: .seconds(-1))

        var ears = heard.makeAsyncIterator()
        #expect(await ears.next() != nil)
    }
}
