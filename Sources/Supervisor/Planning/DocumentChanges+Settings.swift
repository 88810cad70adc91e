// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// What differs between the settings of two documents.
extension DocumentChanges {
    /// Each setting that changes, by its name in a document, as a sentence.
    static func settings(_ now: ServingSettings, from was: ServingSettings) -> [String] {
        var changes: [String] = []
        func note(_ name: String, _ value: (ServingSettings) -> String) {
            let (before, after) = (value(was), value(now))
            if before != after { changes.append("\(name): \(before) becomes \(after)") }
        }
        note("instance_count") { "\($0.instances)" }
        note("instance_type") { $0.instanceType.name }
        note("request_timeout_ms") { "\($0.deadlineMilliseconds)" }
        note("max_concurrent_requests_per_instance") { "\($0.maxConcurrentRequestsPerInstance)" }
        changes += variables(now.variables, from: was.variables)
        note("egress_public_network_access") { $0.isNetworkAllowed ? "enabled" : "disabled" }
        if was.probes?.liveness != now.probes?.liveness { changes.append("liveness_probe") }
        if was.probes?.readiness != now.probes?.readiness { changes.append("readiness_probe") }
        note("scorekeeper.retry") { $0.retry.rawValue }
        note("scorekeeper.statuses") { $0.statuses?.rawValue ?? "the server's" }
        note("scorekeeper.python") { $0.pythonPolicy.rawValue }
        note("scorekeeper.fork_server") { $0.isForkServerWanted ? "on" : "off" }
        note("scorekeeper.isolation") { $0.minimumIsolation.rawValue }
        note("scorekeeper.merge") { $0.variables["SCOREKEEPER_MERGE"] ?? "auto" }
        note("scorekeeper.debug_errors") {
            $0.variables["SCOREKEEPER_DEBUG_ERRORS"] == nil ? "off" : "on"
        }
        note("scorekeeper.core") { $0.isOnGatewayCore == true ? "gateway" : "any" }
        note("scorekeeper.start_deadline") { "\($0.startDeadlineSeconds)" }
        note("scorekeeper.body_limit") {
            $0.bodyLimit.map { "\(ByteCount(Int64($0)))" } ?? "the usual"
        }
        note("scorekeeper.rollout.compare") { $0.comparison?.rawValue ?? "the usual" }
        note("scorekeeper.rollout.compare_requests") {
            $0.comparedRequests.map { "\($0)" } ?? "the usual"
        }
        note("scorekeeper.rollout.tolerance") { "\($0.tolerance ?? 0)" }
        note("scorekeeper.rollout.failure_percent") {
            "\(($0.failureRule ?? .standard).percent)"
        }
        note("scorekeeper.rollout.failure_requests") {
            "\(($0.failureRule ?? .standard).requests)"
        }
        return changes
    }

    /// Variables by which a scorer is told of settings that have names of their own.
    private static let told: Set = [
        "SCOREKEEPER_RETRY", "SCOREKEEPER_MERGE", "SCOREKEEPER_DEBUG_ERRORS",
    ]

    /// Values may be secrets: their names say enough.
    private static func variables(
        _ now: [String: String],
        from was: [String: String]
    ) -> [String] {
        let names = Set(was.keys).union(now.keys).subtracting(told)
        return names.sorted().filter { was[$0] != now[$0] }.map { name in
            let how = was[name] == nil ? "is new" : now[name] == nil ? "goes" : "changes"
            return "environment_variables: \(name.printable) \(how)"
        }
    }
}
