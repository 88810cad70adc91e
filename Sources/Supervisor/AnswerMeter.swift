// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary
import Wire

/// Makes figures of a period out of counters that only grow.
struct AnswerMeter {
    private var known: [DeploymentKey: [RevisionAnswers]] = [:]

    /// Forgets all but these deployments.
    mutating func keep(only keys: [DeploymentKey]) {
        known = known.filter { keys.contains($0.key) }
    }

    /// Forgets all: another gateway counts from nothing.
    mutating func forget() { known = [:] }

    /// What came since it was heard last, revision by revision; nothing the first time, when it says
    /// nothing of a period.
    mutating func hear(_ key: DeploymentKey, _ counters: [RevisionAnswers]) -> [Event] {
        guard let before = known.updateValue(counters, forKey: key) else { return [] }
        return counters.compactMap { now in
            let last = before.first { $0.revision == now.revision }
            let answers = now.answers - (last?.answers ?? 0)
            let failures = now.failures - (last?.failures ?? 0)
            guard answers > 0 else { return nil }
            return .answered(key, now.revision, answers: answers, failures: failures)
        }
    }
}
