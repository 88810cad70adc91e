// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary
import Wire

/// The deployment of an endpoint that gets copies, and of which requests.
///
/// A class because the requests that are coming in hold on to it. Confined to the loop.
final class Mirror {
    /// Most of the requests that are copied.
    ///
    /// Source: Azure Machine Learning, "Safe rollout for online endpoints".
    private static let mostPercent = 50

    let deployment: Deployment
    private(set) var comparison: MirrorComparison?
    private var share = TrafficShare(percent: 0)
    private var sample = TrafficShare(percent: 0)

    init(_ deployment: Deployment) {
        self.deployment = deployment
    }

    func follow(percent: Int, _ comparison: MirrorComparison?) {
        share.change(to: min(percent, Self.mostPercent))
        sample.change(to: comparison?.samplePercent ?? 0)
        self.comparison = comparison
    }

    /// Whether the next request that the split placed is copied.
    func isDue() -> Bool { share.next() }

    /// How the next copy's answer is compared with the live one; nothing where it is not.
    func nextComparison() -> MirrorComparison? {
        guard let comparison, sample.next() else { return nil }
        return comparison
    }
}

/// What was counted of the copies that one deployment got.
struct MirrorCounters {
    var copied: UInt64 = 0
    var answers = AnswerCounters()
    var unanswered: UInt64 = 0
    private(set) var shed: [Shed: UInt64] = [:]

    /// Why a copy that was due was not made.
    enum Shed: String {
        /// No run of the deployment will come.
        case closed
        /// The body is too long to be copied.
        case tooLong = "too_long"
        /// As many copies wait, or hold as much memory, as may.
        case full
        /// The deployment takes no request at that address.
        case unsuited

        init(_ reason: CopyShed) {
            self =
                switch reason {
                case .closed: .closed
                case .tooLong: .tooLong
                case .tooManyBytes, .tooManyWaiting: .full
                }
        }
    }

    mutating func shed(_ reason: Shed) { shed[reason, default: 0] += 1 }

    func statistics(_ figures: DispatchFigures) -> MirrorStatistics? {
        guard copied > 0 || !shed.isEmpty else { return nil }
        return MirrorStatistics(
            copied: copied,
            answers: answers.answers,
            latencyCounts: Array(answers.latencies),
            latencySum: answers.latencySum,
            unanswered: unanswered,
            shed: Dictionary(uniqueKeysWithValues: shed.map { ($0.key.rawValue, $0.value) }),
            waiting: figures.copiesWaiting,
            bound: figures.copiesBound
        )
    }
}
