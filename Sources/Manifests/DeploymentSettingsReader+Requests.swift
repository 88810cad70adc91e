// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How requests are treated, and probes.
extension DeploymentSettingsReader {
    /// Keys of `request_settings`.
    static let requestSettings = [
        "request_timeout_ms", "max_concurrent_requests_per_instance", "max_queue_wait_ms",
    ]
    /// Keys of a probe.
    static let probeSettings = [
        "initial_delay", "period", "timeout", "success_threshold", "failure_threshold",
    ]

    mutating func readRequestSettings(_ node: YAMLNode) {
        for entry in values.entries(node, "request_settings") {
            let key = "request_settings.\(entry.key)"
            let value = entry.value
            switch entry.key {
            case "request_timeout_ms":
                settings.requestTimeoutMilliseconds = values.integer(value, key, in: 1...180_000)
            case "max_concurrent_requests_per_instance":
                settings.concurrentRequests = values.integer(value, key, in: 1...256) ?? 1
                settings.boundsRequestsInFlight = true
            case "max_queue_wait_ms":
                _ = values.integer(value, key, in: 1...180_000)
                values.noteUnused(entry, "a request may wait until its own deadline")
            default:
                values.refuseUnknown(entry, among: Self.requestSettings, in: "'request_settings'")
            }
        }
    }

    mutating func readProbe(_ entry: YAMLEntry) {
        for setting in values.entries(entry.value, entry.key) {
            guard Self.probeSettings.contains(setting.key) else {
                values.refuseUnknown(setting, among: Self.probeSettings, in: "'\(entry.key)'")
                continue
            }
            _ = values.integer(setting.value, "\(entry.key).\(setting.key)", in: 1...86_400)
        }
        values.noteUnused(entry)
    }
}
