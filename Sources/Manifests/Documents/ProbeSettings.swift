// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How a scorer is asked whether it is well, with what Azure takes where nothing is said.
///
/// Units: seconds, whole ones, as Azure's documents have them.
public struct ProbeSettings: Hashable, Codable, Sendable {
    /// Until it is asked first.
    public var initialDelaySeconds = 10
    /// From one question to the next.
    public var periodSeconds = 10
    /// Until an answer counts as none.
    public var timeoutSeconds = 2
    /// Good answers in a row that make it well.
    public var successThreshold = 1
    /// Bad answers in a row that make it unwell.
    public var failureThreshold = 30

    /// Azure's defaults.
    public init() {}
}

/// Probes in deployments' documents.
extension DeploymentSettingsReader {
    /// Keys of a probe.
    static let probeSettings = [
        "initial_delay", "period", "timeout", "success_threshold", "failure_threshold",
    ]

    mutating func readProbe(_ entry: YAMLEntry) -> ProbeSettings? {
        guard !entry.value.isNull else { return nil }
        var probe = ProbeSettings()
        for setting in values.entries(entry.value, entry.key) {
            guard Self.probeSettings.contains(setting.key) else {
                values.refuseUnknown(setting, among: Self.probeSettings, in: "'\(entry.key)'")
                continue
            }
            let key = "\(entry.key).\(setting.key)"
            guard let number = values.integer(setting.value, key, in: 1...86_400) else { continue }
            switch setting.key {
            case "initial_delay": probe.initialDelaySeconds = number
            case "period": probe.periodSeconds = number
            case "timeout": probe.timeoutSeconds = number
            case "success_threshold": probe.successThreshold = number
            default: probe.failureThreshold = number
            }
        }
        return probe
    }
}
