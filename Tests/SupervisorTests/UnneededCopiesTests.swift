// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `Copies that no document needs` {
    private func digest(_ digit: String) throws -> Digest {
        try #require(Digest(String(repeating: digit, count: 64)))
    }

    @Test func `are removed where something is declared`() throws {
        let copies = UnneededCopies(
            [try digest("a"), try digest("b")],
            neededBy: [try digest("a")],
            isAnythingDeclared: true
        )

        #expect(copies.removed == [try digest("b")])
        #expect(copies.warning(in: try StateFolder(path: "/state")) == nil)
    }

    @Test func `stay where the ledger declares nothing, and what to do is told`() throws {
        let copies = UnneededCopies(
            [try digest("a")],
            neededBy: [],
            isAnythingDeclared: false
        )
        let warning = try #require(copies.warning(in: try StateFolder(path: "/state")))

        #expect(copies.removed == [])
        #expect(warning.contains("'/state/ledger.sqlite' declares nothing, and 1 copy of models"))
        #expect(warning.contains("scorekeeper restore"))
        #expect(warning.contains("remove '/state/models'"))
    }

    @Test func `are nothing to speak of where there are none`() throws {
        let copies = UnneededCopies([], neededBy: [], isAnythingDeclared: false)

        #expect(copies.warning(in: try StateFolder(path: "/state")) == nil)
    }
}
