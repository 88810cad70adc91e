// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import RequestQueue
import Vocabulary

/// An answer of which the whole is wanted, as it comes: in one piece, or in parts.
///
/// What has come of it counts as held in its room. Confined to the loop.
final class SampledAnswer {
    /// Longest body that is held.
    private static let bodyLimit = 1 << 20

    /// When its request was posted last.
    var postedAt = Moment.zero
    /// The first part's: that of the last says only whether all is there.
    private var status: Int?
    /// Nothing where it is too long.
    private(set) var body: [UInt8]? = []
    private let room: KeptRequests.Room

    init(in room: KeptRequests.Room) {
        self.room = room
    }

    deinit { letGo() }

    /// Takes a part, or the whole; `isLast` where nothing follows.
    func take(_ completion: borrowing Completion, isLast: Bool) {
        if status == nil || (isLast && completion.status >= 500) { status = completion.status }
        let length = completion.bodyLength
        if hasRoom(for: length) { body?.append(contentsOf: completion.body()) }
    }

    /// Whether so many bytes more are held; where they are not, nothing is any more.
    private func hasRoom(for length: Int) -> Bool {
        guard let held = body?.count else { return false }
        guard held + length <= Self.bodyLimit, room.take(length) else {
            letGo()
            return false
        }
        return true
    }

    /// All that came; it is held no more.
    func whole(at now: Moment) -> ComparedAnswer {
        let answer = ComparedAnswer(
            status: status ?? 0,
            body: body,
            microseconds: (now.nanoseconds &- postedAt.nanoseconds) / 1_000
        )
        letGo()
        return answer
    }

    private func letGo() {
        room.free(body?.count ?? 0)
        body = nil
    }
}
