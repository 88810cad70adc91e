// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Supervisor

@Suite struct `The watch of a node` {
    @Test func `asks one that answers at each look`() {
        var watch = NodeWatch()

        let steps = (0..<4).map { _ in
            defer { _ = watch.hear() }
            return watch.look()
        }

        #expect(steps == [.ask, .ask, .ask, .ask])
    }

    @Test func `asks a stopped one once, and tells of its silence once`() {
        var watch = NodeWatch()

        let steps = (0..<6).map { _ in watch.look() }

        #expect(steps == [.ask, .nothing, .nothing, .isSilent, .nothing, .nothing])
    }

    @Test func `takes whatever it says for an answer, and knows that it was silent`() {
        var watch = NodeWatch()
        _ = watch.look()
        let late = watch.hear()
        for _ in 0..<4 { _ = watch.look() }

        let back = watch.hear()
        let next = watch.look()
        let again = watch.hear()

        #expect(!late)
        #expect(back)
        #expect(next == .ask)
        #expect(!again)
    }
}
