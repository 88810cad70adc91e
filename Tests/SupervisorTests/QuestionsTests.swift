// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `Questions to the gateway` {
    /// The questions, and how many have been asked.
    private actor Desk {
        private var questions = Questions()
        private var asked = 0

        func ask(until: Moment) async -> Bool {
            let id = questions.next()
            await withCheckedContinuation {
                questions.wait(for: id, until: until, $0)
                asked += 1
            }
            return questions.isAnswered(id)
        }

        /// Waits until so many have asked, then does something.
        func once(_ count: Int, _ act: @Sendable (inout Questions) -> Void) async {
            while asked < count { await Task.yield() }
            act(&questions)
        }
    }

    private let soon = Moment(nanoseconds: 1_000)
    private let late = Moment(nanoseconds: 2_000)

    @Test func `are answered for whom the gateway answers, and for nobody else`() async {
        let desk = Desk()
        async let first = desk.ask(until: late)
        await desk.once(1) { _ in }
        async let second = desk.ask(until: late)
        await desk.once(2) { $0.end(1) }

        #expect(await first)
        await desk.once(2) { $0.releaseAll() }
        #expect(await !second)
    }

    @Test func `are let go unanswered once their time is over, and not before`() async {
        let desk = Desk()
        async let first = desk.ask(until: soon)
        await desk.once(1) { _ in }
        async let second = desk.ask(until: late)
        let now = soon
        await desk.once(2) { $0.releaseOverdue(at: now) }

        #expect(await !first)
        await desk.once(2) { $0.end(2) }
        #expect(await second)
    }
}
