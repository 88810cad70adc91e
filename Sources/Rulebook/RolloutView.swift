// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a person is shown of a rollout: the one under way, or the last that ended.
public struct RolloutView: Codable, Hashable, Sendable {
    /// What served before.
    public let from: Revision
    /// What is rolled in.
    public let to: Revision
    /// How it is, in one word for programs.
    public let state: RolloutState
    /// How it is, in a sentence for people.
    public let sentence: String
    /// The wave that is under way, from 1; the last one when it has ended.
    public let wave: Int
    /// Waves in all.
    public let waves: Int
    /// Instances of the new revision that shall serve.
    public let wanted: Int
    /// Those that do.
    public let serving: Int
    /// Instances of other revisions that have not left yet.
    public let oldLeft: Int
    /// When it began; nothing where that is not known.
    public let since: Moment?
    /// Since when it stands still.
    public let pausedSince: Moment?
    /// When it ended.
    public let ended: Moment?
    /// Answers of the new revision in its last minute, and how many of them failed.
    public let answers: Int
    /// Those that failed.
    public let failures: Int
    /// How its answers compare with those of the revision before; nothing where none are compared.
    public let comparison: ComparisonView?
    /// Why it was halted.
    public let problem: Problem?
}

/// How a rollout is.
public enum RolloutState: String, Codable, Hashable, Sendable {
    /// The new revision is being built.
    case preparing
    /// New instances come, old ones go.
    case rolling
    /// The new revision answers what was asked before, and nobody else yet.
    case comparing
    /// It stands still until somebody resumes it.
    case paused
    /// It goes back to the revision before.
    case goingBack
    /// The new revision serves alone.
    case completed
    /// The new revision was given up; the old one stands.
    case halted
    /// Somebody undid it.
    case undone
}

extension Deployment {
    /// How its rollout stands; nothing where none was ever begun.
    var rolloutView: RolloutView? {
        guard !isWithdrawn else { return nil }
        if let next, let current, target == nil {
            return rolloutView(from: current, to: next, isPaused ? .paused : .preparing)
        }
        guard let rollout else { return nil }
        return rolloutView(from: rollout.from, to: rollout.to, state(of: rollout))
    }

    private func state(of rollout: Rollout) -> RolloutState {
        switch rollout.outcome {
        case nil where isPaused: .paused
        case nil where isComparing: .comparing
        case nil: rollout.purpose == .upgrade ? .rolling : .goingBack
        case .completed: .completed
        case .halted: .halted
        case .undone: .undone
        }
    }

    private func rolloutView(
        from: Revision,
        to: Revision,
        _ state: RolloutState
    ) -> RolloutView {
        let isRolling = rollout?.to == to && next != to
        let staying = instances.filter { !$0.state.isLeaving }
        let wanted = record(to)?.declaration.instances ?? 0
        let serving = staying.count { $0.revision == to && $0.isServing }
        let surge = max(1, Policy.standard.surge(wanted))
        let waves = (wanted + surge - 1) / surge
        let tally = isRolling ? rollout?.new.tally ?? AnswerTally() : AnswerTally()
        return RolloutView(
            from: from,
            to: to,
            state: state,
            sentence: sentence(from: from, to: to, state, Counted(serving, of: wanted, "instance")),
            wave: min(waves, serving / surge + 1),
            waves: waves,
            wanted: wanted,
            serving: serving,
            oldLeft: instances.count { $0.revision != to && $0.state.reservation != nil },
            since: isRolling ? rollout?.since : record(to)?.declaredAt,
            pausedSince: pausedSince,
            ended: isRolling ? rollout?.ended : nil,
            answers: tally.answers,
            failures: tally.failures,
            comparison: isRolling ? comparisonView : nil,
            problem: isRolling ? rolloutProblem : nil
        )
    }

    private var isComparing: Bool {
        target.map { awaitsComparison(of: $0) } == true
            && instances.contains { $0.state.name == .comparing }
    }

    private var rolloutProblem: Problem? {
        if case .halted(let problem) = rollout?.outcome { return problem }
        return rollout?.purpose == .rollback ? halt?.problem : nil
    }

    private func sentence(
        from: Revision,
        to: Revision,
        _ state: RolloutState,
        _ serving: Counted
    ) -> String {
        let serve = serving.verb("serves", "serve")
        return switch state {
        case .preparing: "\(to) is being prepared; \(from) serves"
        case .rolling: "\(serving) of \(to) \(serve); \(from) is replaced"
        case .comparing: "\(to) is ready and its answers are compared; \(from) serves"
        case .paused: "paused; \(serving) of \(to) \(serve) beside \(from)"
        case .goingBack: "\(serving) of \(to) \(serve) again; \(from) is replaced"
        case .completed: "\(to) serves in place of \(from)"
        case .halted: "\(to) was given up and \(from) stays"
        case .undone: "\(to) was undone and \(from) stays"
        }
    }
}
