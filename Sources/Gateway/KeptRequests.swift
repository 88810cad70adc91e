// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import RequestQueue
import Vocabulary

/// Requests of one deployment that were answered lately, with what their callers were answered: what
/// a new revision is asked before it serves.
///
/// They are in memory alone. All are kept until there are as many as wanted; from then on one each
/// quarter of a second takes the place of the oldest. So they are recent, and a busy deployment's
/// are spread over some time. Confined to the loop.
final class KeptRequests {
    /// What those of all deployments hold together.
    final class Room {
        /// Most bytes of requests and answers.
        static let byteLimit = 32 << 20
        /// Longest body of a request that is kept.
        static let bodyLimit = 1 << 20
        /// Longest answer that is kept.
        static let answerLimit = 256 << 10

        fileprivate(set) var bytes = 0
    }

    /// A request and its answer.
    struct Kept {
        /// The copy that copies are made of.
        let request: Exchange
        let answer: ComparedAnswer
        /// Whose answer it is.
        let revision: Revision
        fileprivate let bytes: Int
    }

    private static let interval = Duration.milliseconds(250)

    /// Most that are kept.
    private var limit: Int
    private let room: Room
    private var kept: [Kept] = []
    private var nextAt = Moment.zero

    init(limit: Int, room: Room) {
        self.limit = limit
        self.room = room
    }

    deinit { room.bytes -= kept.reduce(0) { $0 + $1.bytes } }

    /// Keeps no more than so many from now on.
    func change(to limit: Int) {
        self.limit = limit
        while kept.count > limit { forgetOldest() }
    }

    /// Whether the request that begins now is kept once it is answered.
    func isDue(at now: Moment) -> Bool {
        if kept.count < limit { return true }
        guard now >= nextAt else { return false }
        nextAt = now + Self.interval
        return true
    }

    /// Keeps a request with its whole answer, unless there is no room for it.
    func keep(
        _ live: Exchange,
        _ completion: borrowing Completion,
        of deployment: Deployment,
        _ revision: Revision,
        at now: Moment
    ) {
        let length = completion.bodyLength
        let bytes = live.scorerHead.count + live.body.count + length
        guard live.body.count <= Room.bodyLimit, length <= Room.answerLimit else { return }
        while !kept.isEmpty, kept.count >= limit || room.bytes + bytes > Room.byteLimit {
            forgetOldest()
        }
        guard room.bytes + bytes <= Room.byteLimit else { return }
        let request = Exchange(copyOf: live, for: deployment, at: now)
        request.scorerHead = live.scorerHead
        request.body.compact()
        let answer = ComparedAnswer(
            status: completion.status,
            body: completion.body(),
            microseconds: (now.nanoseconds &- live.postedAt.nanoseconds) / 1_000
        )
        room.bytes += bytes
        kept.append(Kept(request: request, answer: answer, revision: revision, bytes: bytes))
    }

    /// The newest that a revision answered, the oldest of them first.
    func answered(by revision: Revision, most: Int) -> [Kept] {
        Array(kept.filter { $0.revision == revision }.suffix(most))
    }

    private func forgetOldest() {
        room.bytes -= kept.removeFirst().bytes
    }
}
