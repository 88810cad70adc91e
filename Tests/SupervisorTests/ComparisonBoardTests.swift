// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Testing
import Vocabulary
import Wire

@testable import Supervisor

@Suite struct `The board of comparisons` {
    private func key(_ text: String) throws -> DeploymentKey { try #require(DeploymentKey(text)) }

    /// Of blue's and green's revisions, after so many answers that could not be kept.
    private func tally(
        _ endpoint: String,
        _ live: Int,
        _ mirrored: Int,
        skipped: Int = 1
    ) throws -> MirrorTally {
        var tally = AnswerTally()
        for _ in 0..<skipped { tally.skip() }
        let pair = MirrorTally.Pair(
            live: try key("\(endpoint)/blue"),
            liveRevision: Revision(number: live),
            mirrored: try key("\(endpoint)/green"),
            mirroredRevision: Revision(number: mirrored)
        )
        return MirrorTally(pair: pair, tally: tally)
    }

    private func found(
        _ board: ComparisonBoard,
        _ live: String,
        _ mirrored: String
    ) throws -> MirrorTally? {
        board.tally(live: try key(live), mirrored: try key(mirrored))
    }

    @Test func `shows two deployments' newest revisions, and no others'`() throws {
        var board = ComparisonBoard()
        for (live, mirrored) in [(3, 1), (1, 2), (2, 2), (1, 1)] {
            board.hear(try tally("iris", live, mirrored))
        }
        board.hear(try tally("wine", 9, 9))
        board.end()

        let newest = try #require(try found(board, "iris/blue", "iris/green"))

        #expect(newest.pair == (try tally("iris", 2, 2).pair))
        #expect(try found(board, "iris/green", "iris/blue") == nil)
    }

    @Test func `shows what was told last, once all of it was told`() throws {
        var board = ComparisonBoard()
        board.hear(try tally("iris", 1, 1, skipped: 1))
        board.end()
        board.hear(try tally("iris", 1, 1, skipped: 5))

        let before = try found(board, "iris/blue", "iris/green")
        board.end()
        let after = try found(board, "iris/blue", "iris/green")

        #expect(before?.tally.uncompared == 1)
        #expect(after?.tally.uncompared == 5)
    }

    @Test func `keeps nothing of a gateway that is gone`() throws {
        var board = ComparisonBoard()
        board.hear(try tally("iris", 1, 1))
        board.end()
        board.hear(try tally("wine", 1, 1))
        board.forget()
        board.end()

        #expect(board.known.isEmpty)
    }
}
