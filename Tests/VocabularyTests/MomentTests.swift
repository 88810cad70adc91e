// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@Suite struct `A moment` {
    @Test func `saturates instead of wrapping`() {
        #expect(Moment.never + .seconds(1) == .never)
        #expect(Moment.zero + .seconds(-1) == .zero)
        #expect(Moment.zero + .seconds(Int64.max) < .never)
    }

    @Test func `tells how far another moment is, in both directions`() {
        let early = Moment(nanoseconds: 1_000)
        let late = Moment(nanoseconds: 4_000)

        #expect(late - early == .nanoseconds(3_000))
        #expect(early - late == .nanoseconds(-3_000))
        #expect(early + (late - early) == late)
    }
}
