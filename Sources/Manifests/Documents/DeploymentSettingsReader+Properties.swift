// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Our additions, which stand under `properties:` among anyone's.
extension DeploymentSettingsReader {
    /// Keys of ours under `properties`.
    static let properties =
        [
            "scorekeeper.retry", "scorekeeper.python", "scorekeeper.statuses",
            "scorekeeper.fork_server", "scorekeeper.isolation", "scorekeeper.scorer",
            "scorekeeper.start_deadline", "scorekeeper.debug_errors", "scorekeeper.merge",
            "scorekeeper.body_limit", "scorekeeper.core",
        ] + rolloutProperties

    mutating func readProperties(_ node: YAMLNode) {
        for entry in values.entries(node, "properties") {
            let value = entry.value
            manifest.places[entry.key] = entry.location
            switch entry.key {
            case "scorekeeper.retry":
                settings.retry = values.word(value, entry.key, RetryPolicy.self)
            case "scorekeeper.python":
                settings.pythonPolicy = values.word(value, entry.key, PythonPolicy.self) ?? .exact
            case "scorekeeper.statuses":
                settings.statuses = values.word(value, entry.key, StatusStyle.self)
            case "scorekeeper.fork_server":
                settings.isForkServerUsed =
                    values.word(value, entry.key, ["on": true, "off": false])
            case "scorekeeper.merge":
                settings.merging = values.word(value, entry.key, MergePolicy.self)
            case "scorekeeper.debug_errors":
                settings.showsFailures =
                    values.word(value, entry.key, ["on": true, "off": false]) ?? false
            case "scorekeeper.isolation":
                settings.minimumIsolation = values.word(value, entry.key, IsolationLevel.self)
            case "scorekeeper.core":
                settings.core = values.word(value, entry.key, CorePlacement.self)
            case "scorekeeper.scorer":
                readProgram(entry)
            case "scorekeeper.start_deadline":
                settings.startDeadlineSeconds = values.integer(
                    value,
                    entry.key,
                    in: 1...3_600,
                    isQuotable: true
                )
            case "scorekeeper.body_limit":
                settings.bodyLimit = values.size(
                    value,
                    entry.key,
                    in: DeploymentSettings.bodyLimits
                )
            case _ where Self.rolloutProperties.contains(entry.key): readRollout(entry)
            default:
                if values.refuseNearMiss(entry, among: Self.properties) { continue }
                if let text = values.label(entry, of: "properties") {
                    manifest.properties[entry.key] = text
                }
            }
        }
        checkRollout()
        checkCore()
    }

    /// Only a program can answer so soon that its place beside the gateway helps anybody.
    private mutating func checkCore() {
        guard settings.core == .gateway, manifest.places["scorekeeper.scorer"] == nil else {
            return
        }
        values.findings.refuse(
            "gatewayCore",
            "'scorekeeper.core: gateway' is for a program whose calls take microseconds; a call of "
                + "Python would keep the gateway from its work",
            "remove it",
            at: manifest.places["scorekeeper.core"]
        )
    }
}
