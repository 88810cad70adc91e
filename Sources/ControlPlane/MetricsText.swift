// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary
import Wire

/// A server's figures as Prometheus reads them.
///
/// | Name | Labels | Meaning |
/// |---|---|---|
/// | `scorekeeper_requests_total` | endpoint, deployment, code | answers by HTTP status |
/// | `scorekeeper_request_duration_seconds` | endpoint, deployment | histogram of whole latencies |
/// | `scorekeeper_requests_waiting` | endpoint, deployment | queue depth |
/// | `scorekeeper_requests_bound` | endpoint, deployment | being scored, or next in a lane |
/// | `scorekeeper_requests_redispatched_total` | endpoint, deployment | scored again after a death |
/// | `scorekeeper_requests_abandoned_total` | endpoint, deployment | dropped unseen |
/// | `scorekeeper_mirrored_requests_total` | endpoint, deployment, code | answers to copies, dropped |
/// | `scorekeeper_mirrored_request_duration_seconds` | endpoint, deployment | histogram |
/// | `scorekeeper_mirrored_requests_unanswered_total` | endpoint, deployment | too late, or lost |
/// | `scorekeeper_mirrored_requests_shed_total` | endpoint, deployment, reason | copies not made |
/// | `scorekeeper_instances_wanted` | endpoint, deployment | |
/// | `scorekeeper_instances` | endpoint, deployment, state | |
/// | `scorekeeper_instance_restarts` | endpoint, deployment | of the instances that are there |
/// | `scorekeeper_node_up` | node | 1 while its agent runs |
/// | `scorekeeper_node_restarts_total` | node | |
/// | `scorekeeper_gateway_up` | | 1 while it runs |
/// | `scorekeeper_gateway_restarts_total` | | |
/// | `scorekeeper_environment_builds_total` | outcome | succeeded, failed |
/// | `scorekeeper_environment_builds_running` | | |
/// | `scorekeeper_insecure` | | 1 while it listens beyond loopback without authentication |
/// | `scorekeeper_info` | version | 1 |
/// | whatever scorers publish | endpoint, deployment, instance | their own, under names of theirs |
///
/// What the gateway counts begins at zero with each gateway, which Prometheus takes for what it is.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    let status: ServerStatus
    let statistics: [DeploymentStatistics]

    /// The whole page.
    var text: String {
        let families = [
            requests, [latency], queue, mirrored, instances, machinery, builds, server, published,
        ]
        return families.joined().filter { !$0.samples.isEmpty }.map(\.text).joined()
    }

    private var requests: [MetricFamily] {
        var answers = MetricFamily(
            "scorekeeper_requests_total",
            .counter,
            "Answers by deployment and HTTP status."
        )
        var redispatched = MetricFamily(
            "scorekeeper_requests_redispatched_total",
            .counter,
            "Requests scored again after their scorer died."
        )
        var abandoned = MetricFamily(
            "scorekeeper_requests_abandoned_total",
            .counter,
            "Requests dropped unseen: their client had gone or their deadline had passed."
        )
        for counters in statistics {
            let labels = Self.labels(counters.key)
            for (code, count) in counters.answers.sorted(by: { $0.key < $1.key }) {
                answers.add(labels + [("code", "\(code)")], "\(count)")
            }
            redispatched.add(labels, "\(counters.redispatched)")
            abandoned.add(labels, "\(counters.abandoned)")
        }
        return [answers, redispatched, abandoned]
    }

    private var latency: MetricFamily {
        var family = MetricFamily(
            "scorekeeper_request_duration_seconds",
            .histogram,
            "Time from a request's head to the end of its answer."
        )
        for counters in statistics {
            Self.add(
                counters.latencyCounts,
                within: counters.latencyBounds,
                sum: counters.latencySum,
                of: counters.key,
                to: &family
            )
        }
        return family
    }

    /// Adds a histogram's samples.
    static func add(
        _ counts: [UInt64],
        within bounds: [UInt64],
        sum: UInt64,
        of key: DeploymentKey,
        to family: inout MetricFamily
    ) {
        let labels = Self.labels(key)
        var cumulated: UInt64 = 0
        for (bound, count) in zip(bounds, counts) {
            cumulated += count
            let bucket = labels + [("le", Self.seconds(microseconds: bound))]
            family.add(bucket, "\(cumulated)", suffix: "_bucket")
        }
        let total = counts.reduce(0, +)
        family.add(labels + [("le", "+Inf")], "\(total)", suffix: "_bucket")
        family.add(labels, Self.seconds(microseconds: sum), suffix: "_sum")
        family.add(labels, "\(total)", suffix: "_count")
    }

    private var queue: [MetricFamily] {
        var waiting = MetricFamily(
            "scorekeeper_requests_waiting",
            .gauge,
            "Requests waiting for a lane."
        )
        var bound = MetricFamily("scorekeeper_requests_bound", .gauge, "Requests in a lane.")
        for counters in statistics {
            waiting.add(Self.labels(counters.key), "\(counters.waiting)")
            bound.add(Self.labels(counters.key), "\(counters.bound)")
        }
        return [waiting, bound]
    }

    private var instances: [MetricFamily] {
        var wanted = MetricFamily(
            "scorekeeper_instances_wanted",
            .gauge,
            "Instances that should serve."
        )
        var held = MetricFamily("scorekeeper_instances", .gauge, "Instances by state.")
        var restarts = MetricFamily(
            "scorekeeper_instance_restarts",
            .gauge,
            "How often the instances that are there were started again."
        )
        for endpoint in status.endpoints {
            for deployment in endpoint.deployments {
                let key = DeploymentKey(endpoint: endpoint.name, deployment: deployment.name)
                let labels = Self.labels(key)
                wanted.add(labels, "\(deployment.wanted)")
                for state in InstanceStatus.State.allCases {
                    let count = deployment.instances.count { $0.state == state }
                    held.add(labels + [("state", state.rawValue)], "\(count)")
                }
                restarts.add(labels, "\(deployment.instances.reduce(0) { $0 + $1.restarts })")
            }
        }
        return [wanted, held, restarts]
    }

    private var machinery: [MetricFamily] {
        var up = MetricFamily("scorekeeper_node_up", .gauge, "Whether the node's agent runs.")
        var restarts = MetricFamily(
            "scorekeeper_node_restarts_total",
            .counter,
            "How often the node's agent was started again."
        )
        for node in status.nodes {
            up.add([("node", node.name.text)], node.pid == nil ? "0" : "1")
            restarts.add([("node", node.name.text)], "\(node.restarts)")
        }
        let gateway = status.gateway
        var gatewayUp = MetricFamily(
            "scorekeeper_gateway_up",
            .gauge,
            "Whether the gateway runs."
        )
        gatewayUp.add([], gateway.pid == nil ? "0" : "1")
        var gatewayRestarts = MetricFamily(
            "scorekeeper_gateway_restarts_total",
            .counter,
            "How often the gateway was started again."
        )
        gatewayRestarts.add([], "\(gateway.restarts)")
        return [up, restarts, gatewayUp, gatewayRestarts]
    }

    private var builds: [MetricFamily] {
        var ended = MetricFamily(
            "scorekeeper_environment_builds_total",
            .counter,
            "Environment builds by how they ended."
        )
        ended.add([("outcome", "failed")], "\(status.builds.failed)")
        ended.add([("outcome", "succeeded")], "\(status.builds.succeeded)")
        var running = MetricFamily(
            "scorekeeper_environment_builds_running",
            .gauge,
            "Environment builds under way."
        )
        running.add([], "\(status.builds.running)")
        return [ended, running]
    }

    private var server: [MetricFamily] {
        var info = MetricFamily("scorekeeper_info", .gauge, "The server's version.")
        info.add([("version", status.server.version)], "1")
        var insecure = MetricFamily(
            "scorekeeper_insecure",
            .gauge,
            "Whether it listens beyond loopback without authentication."
        )
        insecure.add([], status.server.insecure ? "1" : "0")
        return [insecure, info]
    }

    static func labels(_ key: DeploymentKey) -> [MetricFamily.Label] {
        [("endpoint", key.endpoint.text), ("deployment", key.deployment.text)]
    }

    /// Exact decimals: a float would show 0.00025 as 0.00024999999.
    private static func seconds(microseconds: UInt64) -> String {
        let digits = String(microseconds % 1_000_000)
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        let kept = fraction.reversed().drop { $0 == "0" }.reversed()
        let whole = microseconds / 1_000_000
        return kept.isEmpty ? "\(whole)" : "\(whole).\(String(kept))"
    }
}
