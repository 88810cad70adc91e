// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
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
    /// What was answered, and is compared on another thread.
    var measured = RequestID.none
    /// What ends it in any case.
    var limit: Timers<() -> Void>.ID?
    private(set) var isOver = false
    private var questions: [KeptRequests.Kept]
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

    /// What the old revision answered to what was asked last.
    var expected: ComparedAnswer? {
        asked > 0 ? questions[asked - 1].answer(of: order.old) : nil
    }

    func noteAsked(_ request: RequestID) {
        self.request = request
        asked += 1
    }

    /// An answer came, and this is what it differs in; nothing where it could not be compared.
    func note(_ answer: ComparedAnswer, _ difference: AnswerDifference?) {
        if let difference { found.tally.add(difference) } else { found.tally.skip() }
        if answer.status >= 400, isExpectedGood { found.failed += 1 }
        questions[asked - 1].note(answer, of: found.new, beside: order.old)
    }

    /// No answer came: its time was over, or, `isOurs`, it could not be asked.
    func noteUnanswered(isOurs: Bool) {
        guard !isOurs else { return found.tally.skip() }
        found.unanswered += 1
        if isExpectedGood { found.failed += 1 }
    }

    private var isExpectedGood: Bool { (expected?.status ?? 400) < 400 }

    func cutShort() { found.isCutShort = true }

    /// Lets go of what it holds.
    func end() {
        isOver = true
        questions = []
        asked = 0
    }
}
