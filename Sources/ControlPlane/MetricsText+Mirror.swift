// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What mirrored deployments did with their copies.
extension MetricsText {
    var mirrored: [MetricFamily] {
        var answers = MetricFamily(
            "scorekeeper_mirrored_requests_total",
            .counter,
            "Answers to copies of live requests by deployment and HTTP status; they were dropped."
        )
        var latency = MetricFamily(
            "scorekeeper_mirrored_request_duration_seconds",
            .histogram,
            "Time from when a copy was made to its answer."
        )
        var unanswered = MetricFamily(
            "scorekeeper_mirrored_requests_unanswered_total",
            .counter,
            "Copies whose time was over or whose scorer ended."
        )
        var shed = MetricFamily(
            "scorekeeper_mirrored_requests_shed_total",
            .counter,
            "Copies that were due and not made."
        )
        for counters in statistics {
            guard let mirrored = counters.mirrored else { continue }
            let labels = Self.labels(counters.key)
            for (code, count) in mirrored.answers.sorted(by: { $0.key < $1.key }) {
                answers.add(labels + [("code", "\(code)")], "\(count)")
            }
            Self.add(
                mirrored.latencyCounts,
                within: counters.latencyBounds,
                sum: mirrored.latencySum,
                of: counters.key,
                to: &latency
            )
            unanswered.add(labels, "\(mirrored.unanswered)")
            for (reason, count) in mirrored.shed.sorted(by: { $0.key < $1.key }) {
                shed.add(labels + [("reason", reason)], "\(count)")
            }
        }
        return [answers, latency, unanswered, shed]
    }
}
