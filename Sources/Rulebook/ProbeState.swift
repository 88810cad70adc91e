// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Which probes a deployment's instances are asked; nothing: only what every lane is asked.
///
/// Without any, the gateway still pings idle lanes and throws one away whose scorer hangs.
public struct ProbeRules: Codable, Hashable, Sendable {
    /// Whether a scorer is ended and started again.
    public var liveness: ProbeRule?
    /// Whether a scorer is given requests.
    public var readiness: ProbeRule?

    /// Makes rules.
    public init(liveness: ProbeRule? = nil, readiness: ProbeRule? = nil) {
        self.liveness = liveness
        self.readiness = readiness
    }

    func rule(_ kind: ProbeKind) -> ProbeRule? {
        switch kind {
        case .liveness: liveness
        case .readiness: readiness
        }
    }
}

/// What the probes of one run have come to.
package struct ProbeState: Codable, Hashable, Sendable {
    /// One kind's questions.
    struct Track: Codable, Hashable, Sendable {
        let kind: ProbeKind
        /// When it is asked next.
        var nextAt: Moment
        /// Answers in a row.
        var successes = 0
        /// Unanswered questions in a row.
        var failures = 0
        /// Whether a question was put of which nothing was heard yet.
        var isAsked: Bool?
    }

    /// What an answer changes.
    enum Verdict: Equatable {
        case unchanged
        /// It is not to be given requests.
        case unready
        /// It may be given requests again.
        case ready
        /// It is to be ended.
        case dead
    }

    var tracks: [Track]
    /// Whether its readiness probe has failed.
    var isUnready = false

    /// The probes of a run that is ready now; nothing where none are wanted.
    init?(_ rules: ProbeRules?, at now: Moment) {
        tracks = ProbeKind.allCases.compactMap { kind in
            rules?.rule(kind).map { Track(kind: kind, nextAt: now + $0.initialDelay) }
        }
        if tracks.isEmpty { return nil }
    }

    /// When something is to be asked next.
    var nextAt: Moment { tracks.map(\.nextAt).min() ?? .never }

    /// The kinds that are due, each put off by its period.
    mutating func takeDue(_ rules: ProbeRules, at now: Moment) -> [ProbeKind] {
        var due: [ProbeKind] = []
        for index in tracks.indices where tracks[index].nextAt <= now {
            guard let rule = rules.rule(tracks[index].kind) else { continue }
            tracks[index].nextAt = now + rule.period
            tracks[index].isAsked = true
            due.append(tracks[index].kind)
        }
        return due
    }

    /// Takes an answer, or that none came; one that nobody waits for was said before.
    mutating func note(
        _ kind: ProbeKind,
        _ succeeded: Bool,
        _ rule: ProbeRule,
        _ policy: Policy
    ) -> Verdict {
        guard let index = tracks.firstIndex(where: { $0.kind == kind }),
            policy.heedsAnswer(tracks[index].isAsked == true)
        else { return .unchanged }
        tracks[index].isAsked = false
        tracks[index].successes = succeeded ? tracks[index].successes + 1 : 0
        tracks[index].failures = succeeded ? 0 : tracks[index].failures + 1
        if tracks[index].failures >= rule.failureThreshold {
            if kind == .liveness { return .dead }
            if !isUnready {
                isUnready = true
                return .unready
            }
        } else if kind == .readiness, isUnready, tracks[index].successes >= rule.successThreshold {
            isUnready = false
            return .ready
        }
        return .unchanged
    }
}
