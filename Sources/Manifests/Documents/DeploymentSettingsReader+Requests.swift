// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How requests are treated.
extension DeploymentSettingsReader {
    /// Keys of `request_settings`.
    static let requestSettings = [
        "request_timeout_ms", "max_concurrent_requests_per_instance", "max_queue_wait_ms",
    ]

    mutating func readRequestSettings(_ node: YAMLNode) {
        for entry in values.entries(node, "request_settings") {
            let key = "request_settings.\(entry.key)"
            let value = entry.value
            switch entry.key {
            case "request_timeout_ms":
                settings.requestTimeoutMilliseconds = values.integer(value, key, in: 1...180_000)
            case "max_concurrent_requests_per_instance":
                readConcurrency(value, key)
            case "max_queue_wait_ms":
                _ = values.integer(value, key, in: 1...180_000)
                values.noteUnused(entry, "a request may wait until its own deadline")
            default:
                values.refuseUnknown(entry, among: Self.requestSettings, in: "'request_settings'")
            }
        }
    }

    private mutating func readConcurrency(_ node: YAMLNode, _ key: String) {
        guard let count = values.integer(node, key, in: 1...256) else { return }
        settings.concurrentRequests = count
        settings.isConcurrencyWritten = true
    }
}
