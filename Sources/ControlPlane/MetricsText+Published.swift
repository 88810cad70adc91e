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
                    for metric in instance.metrics ?? [] {
                        samples[metric.name, default: []].append((labels, metric))
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
}
