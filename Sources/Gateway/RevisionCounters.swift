// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// Counts the answers of each revision of a deployment, for whoever rolls one in.
struct RevisionCounters {
    /// Revisions that are remembered: a rollout has two, one that was overtaken midway three.
    private static let most = 4

    /// In order of revision.
    private(set) var all: [RevisionAnswers] = []
    /// When each was last seen to do something: few, and looked up at each answer.
    private var progress: [Progress] = []

    /// When a revision was last seen to take a request, or to answer one; and to answer one.
    private struct Progress {
        let revision: Revision
        var moved: Moment
        var answered: Moment?
    }

    /// Counts an answer by the status that the client is shown.
    mutating func count(status: Int, of revision: Revision) {
        let fails = status >= 500 || status == 424
        if let place = all.firstIndex(where: { $0.revision == revision }) {
            all[place].answers += 1
            all[place].failures += fails ? 1 : 0
            return
        }
        if all.count == Self.most { all.removeFirst() }
        let fresh = RevisionAnswers(revision: revision, answers: 1, failures: fails ? 1 : 0)
        let place = all.firstIndex { $0.revision > revision } ?? all.endIndex
        all.insert(fresh, at: place)
    }

    /// A lane of the revision was seen to take a request, or to answer one.
    mutating func noteProgress(of revision: Revision, isAnswer: Bool, at now: Moment) {
        if let place = progress.firstIndex(where: { $0.revision == revision }) {
            progress[place].moved = now
            if isAnswer { progress[place].answered = now }
            return
        }
        if progress.count == Self.most,
            let oldest = progress.indices.min(by: { progress[$0].revision < progress[$1].revision })
        {
            progress.remove(at: oldest)
        }
        progress.append(
            Progress(revision: revision, moved: now, answered: isAnswer ? now : nil)
        )
    }

    /// Whether it is the revision's doing that a request's time is over, and not its callers'.
    ///
    /// It is where its scorer had the request for as long as it had waited before, or longer. Where
    /// it waited longer, or all the time, there may just be too many: then it is only where the
    /// revision has answered nothing, or taken nothing either, since the request was there.
    func isBlamed(_ revision: Revision, for late: LateRequest) -> Bool {
        let known = progress.first { $0.revision == revision }
        guard let heldAt = late.heldAt else {
            return (known?.moved).map { $0 < late.wholeAt } ?? true
        }
        if late.now - heldAt >= heldAt - late.wholeAt { return true }
        return (known?.answered).map { $0 < late.wholeAt } ?? true
    }
}

/// A request whose time is over.
struct LateRequest {
    /// When it was whole, and might have been scored.
    let wholeAt: Moment
    /// Since when the scorer that has begun it had it; nothing where none has.
    let heldAt: Moment?
    let now: Moment
}
