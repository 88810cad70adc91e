// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Rulebook
import Vocabulary
import Wire

/// Rollouts: what a person commands of them, what is told of them, and the figures that halt them.
extension Supervisor {
    func rollout(of key: DeploymentKey) async throws(Problem) -> RolloutStatus {
        let views = rulebook.status(of: key.endpoint).deployments
        guard let view = views.first(where: { $0.key == key }) else {
            throw Problem(
                .notFound,
                code: "deployment",
                what: "there is no deployment '\(key)'",
                remedy: "see which there are with 'scorekeeper status'"
            )
        }
        return rolloutStatus(of: view)
    }

    func command(
        _ command: RolloutCommand,
        of key: DeploymentKey
    ) async throws(Problem) -> RolloutStatus {
        let event: Event =
            switch command {
            case .pause: .rolloutPaused(key)
            case .resume: .rolloutResumed(key)
            case .undo: .rolloutUndone(key)
            }
        try request(event, changes: [])
        return try await rollout(of: key)
    }

    func drain(_ node: NodeName, isDrained: Bool) async throws(Problem) {
        try request(isDrained ? .nodeDrained(node) : .nodeUndrained(node), changes: [])
    }

    private func rolloutStatus(of view: DeploymentView) -> RolloutStatus {
        guard let rollout = view.rollout else {
            return RolloutStatus(key: view.key, state: .none, sentence: view.sentence)
        }
        var status = RolloutStatus(
            key: view.key,
            state: RolloutStatus.State(rollout.state),
            sentence: rollout.sentence
        )
        status.from = rollout.from
        status.to = rollout.to
        status.wave = rollout.wave
        status.waves = rollout.waves
        status.wanted = rollout.wanted
        status.serving = rollout.serving
        status.oldLeft = rollout.oldLeft
        status.answers = rollout.answers
        status.failures = rollout.failures
        status.comparison = rollout.comparison.map { RolloutComparisonStatus($0) }
        status.since = rollout.since.map(date)
        status.pausedSince = rollout.pausedSince.map(date)
        status.ended = rollout.ended.map(date)
        if let problem = rollout.problem ?? (rollout.state == .undone ? view.problem : nil) {
            status.why = "\(problem)"
            let words = lastWords[view.key]
            if rollout.problem != nil, words?.revision == view.givenUp {
                status.lastLines = words?.lines ?? []
            }
        }
        return status
    }

    /// A moment, past or to come, by the wall clock.
    func date(_ moment: Moment) -> Date {
        Date() - Double((now - moment).nanosecondsSaturated) / 1e9
    }

    // MARK: - Figures

    /// Asks the gateway each second what revisions answer, as long as one is watched.
    func watchAnswers() {
        guard meterTask == nil, !rulebook.watched.isEmpty else { return }
        meterTask = Task { [weak self] in
            while await self?.askForAnswers() == true {
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    private func askForAnswers() -> Bool {
        let keys = rulebook.watched
        meter.keep(only: keys)
        for key in keys { _ = gateway.joined?.send(GatewayOrder.reportAnswers(key)) }
        if keys.isEmpty { meterTask = nil }
        return !keys.isEmpty
    }

    func hear(_ key: DeploymentKey, _ counters: [RevisionAnswers]) {
        for event in meter.hear(key, counters) { observe(event) }
    }

    /// Keeps what a scorer wrote last, unless that would hide what one that was given up wrote.
    func keep(_ words: LastWords, of key: DeploymentKey) {
        if let known = lastWords[key]?.revision, known != words.revision,
            rulebook.isGivenUp(key, known)
        {
            return
        }
        lastWords[key] = words
    }
}

extension RolloutStatus.State {
    /// The same state in the control API's words.
    fileprivate init(_ state: RolloutState) {
        self =
            switch state {
            case .preparing: .preparing
            case .rolling: .rolling
            case .comparing: .comparing
            case .paused: .paused
            case .goingBack: .goingBack
            case .completed: .completed
            case .halted: .halted
            case .undone: .undone
            }
    }
}
