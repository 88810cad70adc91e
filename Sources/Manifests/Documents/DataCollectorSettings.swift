// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What Azure would keep of requests and answers.
public struct DataCollectorSettings: Hashable, Codable, Sendable {
    /// How often a new file is begun.
    public enum Rolling: String, Codable, Sendable, CaseIterable {
        /// Each minute.
        case minute
        /// Each hour.
        case hour
        /// Each day.
        case day
        /// Each month.
        case month
        /// Each year.
        case year
    }

    /// Whether each collection collects, by its name.
    public var collections: [String: Bool] = [:]
    /// The part of requests that is kept, from 0 to 1.
    public var samplingRate = 1.0
    /// How often a new file is begun.
    public var rolling = Rolling.hour
    /// Names of headers that are kept.
    public var headers: [String] = []
}

/// Data collection in deployments' documents: read whole, and refused where it would collect.
extension DeploymentSettingsReader {
    private static let collectorKeys = [
        "collections", "sampling_rate", "rolling_rate", "request_logging",
    ]
    private static let collectionKeys = ["enabled", "data", "client_id"]
    /// Most collections of one deployment.
    private static let mostCollections = 5

    mutating func readDataCollector(_ entry: YAMLEntry) -> DataCollectorSettings? {
        guard !entry.value.isNull else { return nil }
        let before = values.findings.problems.count
        var collector = DataCollectorSettings()
        for part in values.entries(entry.value, entry.key) {
            let key = "data_collector.\(part.key)"
            switch part.key {
            case "collections": collector.collections = readCollections(part)
            case "sampling_rate":
                collector.samplingRate = values.decimal(part.value, key, in: 0...1) ?? 1
            case "rolling_rate":
                collector.rolling =
                    values.azureWord(part.value, key, DataCollectorSettings.Rolling.self) ?? .hour
            case "request_logging": collector.headers = readHeaders(part)
            default:
                values.refuseUnknown(part, among: Self.collectorKeys, in: "'data_collector'")
            }
        }
        guard values.findings.problems.count == before else { return nil }
        if collector.collections.isEmpty {
            values.refuse(
                "missingKey",
                "'data_collector' has no 'collections'",
                "remove it",
                entry.value
            )
        } else if collector.collections.values.contains(true) {
            values.refuseUnsupported(
                entry,
                remedy: "write 'enabled: false' in its collections, or remove it: nothing is "
                    + "collected here"
            )
        } else {
            values.noteUnused(entry, "none of its collections is enabled")
        }
        return collector
    }

    private mutating func readCollections(_ entry: YAMLEntry) -> [String: Bool] {
        var collections: [String: Bool] = [:]
        let key = "data_collector.collections"
        let parts = values.entries(entry.value, key)
        if parts.count > Self.mostCollections {
            values.findings.refuse(
                "collections",
                "'\(key)' has \(parts.count) collections",
                "keep \(Self.mostCollections) of them",
                at: entry.location
            )
        }
        for part in parts {
            for setting in values.entries(part.value, "\(key).\(part.key)")
            where !Self.collectionKeys.contains(setting.key) {
                values.refuseUnknown(setting, among: Self.collectionKeys, in: "'\(key)'")
            }
            collections[part.key] = false
            guard let enabled = part.value["enabled"], !enabled.isNull else { continue }
            collections[part.key] =
                values.azureWord(
                    enabled,
                    "\(key).\(part.key).enabled",
                    ["true": true, "false": false]
                ) ?? false
        }
        return collections
    }

    private mutating func readHeaders(_ entry: YAMLEntry) -> [String] {
        let key = "data_collector.request_logging"
        for part in values.entries(entry.value, key) where part.key != "capture_headers" {
            values.refuseUnknown(part, among: ["capture_headers"], in: "'\(key)'")
        }
        guard let node = entry.value["capture_headers"], !node.isNull else { return [] }
        let names = (node.elements ?? []).compactMap(\.text)
        if node.elements == nil || names.count != node.elements?.count {
            values.refuse(
                "notAList",
                "'\(key).capture_headers' is no list of names",
                "write a list, as '[x-client]'",
                node
            )
        }
        return names
    }
}
