// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What the referee knows of comparisons: from what was declared and delivered alone.
struct ComparisonRecords {
    /// What is known of one revision's.
    struct Record {
        /// Whether it was told what its answers differ in.
        var isTold = false
        /// Whether they differ.
        var isDifferent = false
        /// How often it was asked.
        var times = 0
        /// Whether it was asked, and that is remembered.
        var hasBegun = false
        /// Whether the gateway was lost after it was asked, and nothing was told of it since but that
        /// nothing was left.
        var isEmptied = false
    }

    /// Times from which on a comparison may have come to nothing.
    static let patience = 3

    var known: [DeploymentKey: [Revision: Record]] = [:]

    /// What was found may not be remembered, nor that anything was asked; and another time nothing may
    /// be there to be found.
    mutating func forgetDifferences() {
        known = known.mapValues { $0.mapValues { Record(isTold: $0.isTold, times: $0.times) } }
    }

    /// What was kept of a deployment's requests is gone: its gateway is another, or none.
    mutating func noteEmptied(but kept: Set<DeploymentKey> = []) {
        for (key, records) in known where !kept.contains(key) {
            known[key] = records.mapValues { record in
                var record = record
                if record.hasBegun, !record.isTold { record.isEmptied = true }
                return record
            }
        }
    }

    subscript(key: DeploymentKey, revision: Revision) -> Record {
        get { known[key]?[revision] ?? Record() }
        set { known[key, default: [:]][revision] = newValue }
    }
}

extension Referee {
    /// A run of a revision is asked what was asked before.
    mutating func noteCompares(_ key: DeploymentKey, _ revision: Revision) {
        comparisons[key, revision].times += 1
        comparisons[key, revision].hasBegun = true
        let isRequired = version(key, revision)?.declaration.comparison?.isRequired == true
        // What cannot be compared must not serve where it must not differ.
        if isRequired, comparisons[key, revision].times >= ComparisonRecords.patience {
            noteHopeless(key, revision)
        }
    }

    /// It was told what came of it.
    mutating func noteCompared(
        _ key: DeploymentKey,
        _ revision: Revision,
        _ found: RevisionComparison
    ) {
        guard let rule = version(key, revision)?.declaration.comparison else { return }
        if rule.isRequired, found.requests == 0, comparisons[key, revision].isEmptied { return }
        comparisons[key, revision].isEmptied = false
        let isFirst = !comparisons[key, revision].isTold
        comparisons[key, revision].isTold = true
        guard rule.isRequired, found.different > 0 else { return }
        noteHopeless(key, revision)
        // A later word about one that serves already comes too late.
        if isFirst { comparisons[key, revision].isDifferent = true }
    }

    /// Judges which of a deployment's runs are routed to, beside those of the revision that stands.
    mutating func judgeCompared(_ deployment: PublishedDeployment) {
        let key = deployment.key
        // What was gone back to once is not compared.
        guard rollouts.standing[key] != nil, !rollouts.returned.contains(key) else { return }
        for run in deployment.runs {
            guard let revision = revisions[run], revision > deployment.revision,
                version(key, revision)?.declaration.comparison != nil
            else { continue }
            let record = comparisons[key, revision]
            let isOver = record.isTold || record.times >= ComparisonRecords.patience
            let isRequired = version(key, revision)?.declaration.comparison?.isRequired == true
            if isRequired {
                check(
                    .begunIsCompared,
                    !record.isEmptied,
                    "a route leads to \(run) of \(revision), with which nothing was compared"
                )
            }
            check(.comparedFirst, isOver, "a route leads to \(run) of \(revision)")
            check(
                .differentNeverServes,
                !record.isDifferent,
                "a route leads to \(run) of \(revision), which differs"
            )
        }
    }
}
