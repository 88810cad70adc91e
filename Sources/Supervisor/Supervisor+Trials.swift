// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import ControlAPI
import Rulebook
import Vocabulary
import Wire

/// Comparisons of revisions: from the rulebook to the gateway, back, and to people.
extension Supervisor {
    /// How long the gateway may ask; less than the rulebook waits.
    private static let trialLimitMilliseconds = 60_000

    /// Has the gateway ask a run what was asked before.
    func compare(_ run: Run, with old: Revision, _ rule: ComparisonRule) {
        let order = ComparisonOrder(
            run: run,
            old: old,
            requests: rule.requests,
            tolerance: rule.tolerance,
            limitMilliseconds: Self.trialLimitMilliseconds
        )
        _ = gateway.joined?.send(GatewayOrder.compare(order))
    }
}

extension RevisionComparison {
    /// What the gateway found, in the rulebook's words.
    init(_ found: RevisionTally) {
        self.init()
        let tally = found.tally
        requests = found.requests
        equal = Int(clamping: tally.equal)
        different = Int(clamping: tally.different)
        unanswered = found.unanswered
        failed = found.failed
        uncompared = Int(clamping: tally.uncompared)
        isCutShort = found.isCutShort
        outputs = tally.outputs.sorted { $0.key < $1.key }.map { path, output in
            Output(
                path: path,
                compared: Int(clamping: output.compared),
                differing: Int(clamping: output.differing),
                largest: output.largestDifference,
                appeared: Int(clamping: output.appeared),
                went: Int(clamping: output.went)
            )
        }
        statuses = tally.statuses.map { pair in
            Statuses(
                old: pair.statuses.first,
                new: pair.statuses.second,
                count: Int(clamping: pair.count)
            )
        }
        oldMedian = tally.firstLatencies.percentile(50).map { Int(clamping: $0) }
        newMedian = tally.secondLatencies.percentile(50).map { Int(clamping: $0) }
    }
}

extension RolloutComparisonStatus {
    /// The same in the control API's words.
    init(_ view: ComparisonView) {
        self.init(
            state: State(view.state),
            sentence: view.sentence,
            isRequired: view.rule.isRequired,
            tolerance: view.rule.tolerance
        )
        guard let found = view.found else { return }
        requests = found.requests
        equal = found.equal
        different = found.different
        unanswered = found.unanswered
        failed = found.failed
        uncompared = found.uncompared
        isCutShort = found.isCutShort
        outputs = found.outputs.map { output in
            Output(
                path: output.path,
                compared: output.compared,
                different: output.differing,
                largestDifference: output.largest,
                appeared: output.appeared,
                went: output.went
            )
        }
        statuses = found.statuses.map { Statuses(old: $0.old, new: $0.new, count: $0.count) }
        if found.oldMedian != nil || found.newMedian != nil {
            p50 = Medians(old: found.oldMedian, new: found.newMedian)
        }
    }
}

extension RolloutComparisonStatus.State {
    fileprivate init(_ state: ComparisonView.State) {
        self =
            switch state {
            case .awaited: .awaited
            case .underway: .underway
            case .equal: .equal
            case .different: .different
            case .nothing: .nothing
            case .unfinished: .unfinished
            }
    }
}
