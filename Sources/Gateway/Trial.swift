// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import NIOCore
import RequestDispatch
import Vocabulary
import Wire

/// A run that is asked what callers asked before, one request after the other, while nobody waits.
///
/// Confined to the loop.
final class Trial {
    let order: ComparisonOrder
    let station: LaneStation
    /// Where it stands.
    private(set) var found: RevisionTally
    /// What is asked and not answered.
    var request = RequestID.none
    var isOver = false
    private let questions: [KeptRequests.Kept]
    private var asked = 0

    init(_ order: ComparisonOrder, of station: LaneStation, _ questions: [KeptRequests.Kept]) {
        self.order = order
        self.station = station
        self.questions = questions
        found = RevisionTally(
            run: order.run,
            new: station.order.revision,
            requests: questions.count
        )
    }

    /// What is to be asked next; nothing once all was.
    var next: KeptRequests.Kept? { asked < questions.count ? questions[asked] : nil }

    /// What callers were answered to what was asked last.
    var expected: ComparedAnswer { questions[asked - 1].answer }

    func noteAsked(_ request: RequestID) {
        self.request = request
        asked += 1
    }

    /// An answer came, and this is what it differs in; nothing where it could not be compared.
    func note(_ answer: ComparedAnswer, _ difference: AnswerDifference?) {
        if let difference { found.tally.add(difference) } else { found.tally.skip() }
        if answer.status >= 400, expected.status < 400 { found.failed += 1 }
    }

    /// No answer came: its time was over, or, `isOurs`, it could not be asked.
    func noteUnanswered(isOurs: Bool) {
        guard !isOurs else { return found.tally.skip() }
        found.unanswered += 1
        if expected.status < 400 { found.failed += 1 }
    }

    func cutShort() { found.isCutShort = true }
}
