// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import RequestQueue
import Vocabulary
import Wire

/// The answers to a live request and to its copy, until both are there.
///
/// Both exchanges hold on to it; what it keeps goes with the last of them. Confined to the loop.
final class AnswerPair {
    /// What all pairs keep together.
    final class Room {
        /// Most pairs that wait for an answer; no more are made beyond.
        static let pairLimit = 256
        /// Most bytes of bodies; further ones are not kept.
        static let byteLimit = 8 << 20
        /// Longest body that is kept.
        static let bodyLimit = 256 << 10

        var pairs = 0
        var bytes = 0
    }

    private struct Half {
        let answer: ComparedAnswer
        let revision: Revision
    }

    private let live: DeploymentKey
    private let mirrored: DeploymentKey
    private let tolerance: Double
    private let since: Moment
    private let room: Room
    private let desk: ComparisonDesk
    private var liveHalf: Half?
    private var mirroredHalf: Half?
    private var bytes = 0

    /// Nothing where there is no room for one more.
    init?(
        live: DeploymentKey,
        mirrored: DeploymentKey,
        tolerance: Double,
        since: Moment,
        room: Room,
        desk: ComparisonDesk
    ) {
        guard room.pairs < Room.pairLimit else { return nil }
        room.pairs += 1
        self.live = live
        self.mirrored = mirrored
        self.tolerance = tolerance
        self.since = since
        self.room = room
        self.desk = desk
    }

    deinit {
        room.pairs -= 1
        room.bytes -= bytes
    }

    /// The live answer is whole.
    func keepLive(
        _ completion: borrowing Completion,
        isWhole: Bool,
        _ revision: Revision,
        at now: Moment
    ) {
        liveHalf = half(completion, isWhole, revision, now)
        compare()
    }

    /// The copy's answer is whole.
    func keepMirrored(
        _ completion: borrowing Completion,
        isWhole: Bool,
        _ revision: Revision,
        at now: Moment
    ) {
        mirroredHalf = half(completion, isWhole, revision, now)
        compare()
    }

    private func half(
        _ completion: borrowing Completion,
        _ isWhole: Bool,
        _ revision: Revision,
        _ now: Moment
    ) -> Half {
        let length = completion.bodyLength
        var body: [UInt8]?
        if isWhole, length <= Room.bodyLimit, room.bytes + length <= Room.byteLimit {
            body = completion.body()
            bytes += length
            room.bytes += length
        }
        let answer = ComparedAnswer(
            status: completion.status,
            body: body,
            microseconds: (now.nanoseconds &- since.nanoseconds) / 1_000
        )
        return Half(answer: answer, revision: revision)
    }

    private func compare() {
        guard let liveHalf, let mirroredHalf else { return }
        desk.compare(
            MirrorTally.Pair(
                live: live,
                liveRevision: liveHalf.revision,
                mirrored: mirrored,
                mirroredRevision: mirroredHalf.revision
            ),
            liveHalf.answer,
            mirroredHalf.answer,
            tolerance: tolerance
        )
    }
}
