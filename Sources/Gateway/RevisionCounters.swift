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
    /// When each was last seen to take a request, or to answer one.
    private var progress: [Revision: Moment] = [:]

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
    mutating func noteProgress(of revision: Revision, at now: Moment) {
        if progress[revision] == nil, progress.count == Self.most {
            progress[progress.keys.min() ?? revision] = nil
        }
        progress[revision] = now
    }

    /// Whether the revision has taken or answered anything since.
    func hasMoved(_ revision: Revision, since moment: Moment) -> Bool {
        progress[revision].map { $0 >= moment } ?? false
    }
}
