// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension MetricsText {
    /// What scorers publish, a family for each name.
    ///
    /// Scorers of different deployments may give one name to a counter and a gauge; Prometheus knows
    /// one type for each name, so it is told none.
    var published: [MetricFamily] {
        var samples: [String: [(labels: [MetricFamily.Label], metric: ScorerMetric)]] = [:]
        for endpoint in status.endpoints {
            for deployment in endpoint.deployments {
                for instance in deployment.instances {
                    let labels = [
                        ("endpoint", endpoint.name.text), ("deployment", deployment.name.text),
                        ("instance", "\(instance.id.ordinal)"),
                    ]
                    let metrics = instance.metrics ?? []
                    for metric in metrics {
                        guard let name = Self.shown(metric.name, among: metrics) else { continue }
                        samples[name, default: []].append((labels, metric))
                    }
                }
            }
        }
        return samples.sorted { $0.key < $1.key }.map { name, samples in
            let kinds = Set(samples.map(\.metric.kind))
            let kind: MetricFamily.Kind =
                kinds.count > 1 ? .untyped : kinds == [.counter] ? .counter : .gauge
            var family = MetricFamily(name, kind, "Published by a scorer.")
            for (labels, metric) in samples { family.add(labels, "\(metric.value)") }
            return family
        }
    }

    /// Under which name a metric is shown.
    ///
    /// Prometheus writes series of its own about each page that it reads, and `up` says whether it
    /// could: what a scorer calls so gets another name, unless it publishes that one as well.
    /// Source: Prometheus, "Jobs and instances"; "Alerting rules".
    private static func shown(_ name: String, among metrics: [ScorerMetric]) -> String? {
        guard ["up", "ALERTS", "ALERTS_FOR_STATE"].contains(name) || name.hasPrefix("scrape_")
        else { return name }
        let other = "scorer_" + name
        return metrics.contains { $0.name == other } ? nil : other
    }
}
