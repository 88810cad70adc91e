// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Vocabulary

/// Requests of one deployment that were answered lately, with what their callers were answered: what
/// a new revision is asked before it serves.
///
/// They are in memory alone, and hold no descriptors: those are for lanes and callers. All are kept
/// until there are as many as wanted; from then on one each quarter of a second takes the place of
/// the oldest. So they are recent, and a busy deployment's are spread over some time. Confined to
/// the loop.
final class KeptRequests {
    /// What those of all deployments hold together.
    final class Room {
        /// Longest body of a request that is kept.
        static let bodyLimit = 1 << 20

        private let limit: Int
        private var bytes = 0

        /// Of requests and answers that are kept 32 MiB; of answers that come 8.
        init(bytes limit: Int = 32 << 20) {
            self.limit = limit
        }

        /// Takes so much of it, where it is there.
        func take(_ more: Int) -> Bool {
            guard has(more) else { return false }
            bytes += more
            return true
        }

        /// Whether so much of it is there.
        func has(_ more: Int) -> Bool { bytes + more <= limit }

        /// Gives so much of it back.
        func free(_ less: Int) { bytes -= less }
    }

    /// A request and how revisions answered it; its bytes are free again once nobody holds it.
    final class Kept {
        /// The copy that copies are made of.
        let request: Exchange
        /// What its caller was answered; later what the two revisions answered that were compared
        /// last, so that the next one is compared with what serves, asked since or not.
        private var answers: [(revision: Revision, answer: ComparedAnswer)]
        private var bytes: Int
        private let room: Room

        fileprivate init(
            _ request: Exchange,
            _ answer: ComparedAnswer,
            of revision: Revision,
            _ bytes: Int,
            in room: Room
        ) {
            self.request = request
            answers = [(revision, answer)]
            self.bytes = bytes
            self.room = room
        }

        deinit { room.free(bytes) }

        /// What a revision answered.
        func answer(of revision: Revision) -> ComparedAnswer? {
            answers.last { $0.revision == revision }?.answer
        }

        /// Keeps what a revision answered beside what another did, where there is room.
        func note(_ answer: ComparedAnswer, of new: Revision, beside old: Revision) {
            let left = answers.filter { $0.revision == old && old != new }
            let gone = answers.filter { $0.revision != old || old == new }
                .reduce(0) { $0 + ($1.answer.body?.count ?? 0) }
            let more = (answer.body?.count ?? 0) - gone
            guard !left.isEmpty, answer.body != nil, room.take(more) else { return }
            answers = left + [(new, answer)]
            bytes += more
        }
    }

    private static let interval = Duration.milliseconds(250)

    /// Most that are kept.
    private var limit: Int
    private let room: Room
    /// For answers that are coming.
    private let waiting: Room
    private var kept: [Kept] = []
    private var nextAt = Moment.zero

    init(limit: Int, room: Room, waiting: Room) {
        self.limit = limit
        self.room = room
        self.waiting = waiting
    }

    /// Keeps no more than so many from now on.
    func change(to limit: Int) {
        self.limit = limit
        if kept.count > limit { kept.removeFirst(kept.count - limit) }
    }

    /// Where the answer of the request that begins now is gathered; nothing where it is not kept.
    func sample(at now: Moment) -> SampledAnswer? {
        if kept.count >= limit {
            guard now >= nextAt else { return nil }
            nextAt = now + Self.interval
        }
        return SampledAnswer(in: waiting)
    }

    /// Keeps a request with its whole answer, unless there is no room for it.
    func keep(
        _ live: Exchange,
        _ answer: ComparedAnswer,
        of deployment: Deployment,
        _ revision: Revision,
        at now: Moment
    ) {
        guard live.body.count <= Room.bodyLimit, let body = answer.body,
            var asked = live.body.inMemory
        else { return }
        asked.compact()
        let bytes = live.scorerHead.count + (asked.bytes?.storageCapacity ?? 0) + body.count
        while !kept.isEmpty, kept.count >= limit || !room.has(bytes) {
            kept.removeFirst()
        }
        guard room.take(bytes) else { return }
        let request = Exchange(copyOf: live, for: deployment, at: now)
        request.scorerHead = live.scorerHead
        request.body = asked
        kept.append(Kept(request, answer, of: revision, bytes, in: room))
    }

    /// The newest that a revision answered, the oldest of them first.
    func answered(by revision: Revision, most: Int) -> [Kept] {
        Array(kept.filter { $0.answer(of: revision) != nil }.suffix(most))
    }
}
