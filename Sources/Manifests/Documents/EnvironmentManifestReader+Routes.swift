// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The routes of `inference_config`, which are for servers in images.
extension EnvironmentManifestReader {
    private static let routes = ["liveness_route", "readiness_route", "scoring_route"]

    mutating func readInferenceConfig(_ entry: YAMLEntry) {
        let key = called("inference_config")
        let before = values.findings.problems.count
        for part in values.entries(entry.value, key) {
            if Self.routes.contains(part.key) {
                readRoute(part, "\(key).\(part.key)")
            } else {
                values.refuseUnknown(part, among: Self.routes, in: "'\(key)'")
            }
        }
        guard let written = entry.value.entries else { return }
        let missing = Self.routes.filter { entry.value[$0]?.isNull ?? true }
        if !written.isEmpty, let first = missing.first {
            values.refuse(
                "missingRoute",
                "'\(key)' has no '\(first)'",
                "write all of \(Self.routes.map { "'\($0)'" }.joined(separator: ", "))",
                entry.value
            )
        }
        guard values.findings.problems.count == before else { return }
        values.refuseUnsupported(
            entry,
            remedy: "remove it: a script's routes are /score, /swagger.json and /"
        )
    }

    private mutating func readRoute(_ entry: YAMLEntry, _ key: String) {
        let known = ["port", "path"]
        for part in values.entries(entry.value, key) where !known.contains(part.key) {
            values.refuseUnknown(part, among: known, in: "'\(key)'")
        }
        guard entry.value.entries != nil else { return }
        for name in known where entry.value[name]?.isNull ?? true {
            values.refuse(
                "missingKey",
                "'\(key)' has no '\(name)'",
                "write 'port' and 'path'",
                entry.value
            )
        }
        if let port = entry.value["port"], !port.isNull {
            _ = values.integer(port, "\(key).port", in: 1...65_535)
        }
        guard let path = entry.value["path"], !path.isNull,
            let text = values.text(path, "\(key).path"), !text.hasPrefix("/")
        else { return }
        values.refuse(
            "routePath",
            "'\(key).path' is '\(text.excerpt)'",
            "begin it with '/'",
            path
        )
    }
}
