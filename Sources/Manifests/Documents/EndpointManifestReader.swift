// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads an endpoint's document.
struct EndpointManifestReader {
    private var values = DocumentValues()
    private var name: EndpointName?
    private var authMode = EndpointManifest.AuthMode.key
    private var traffic: [Share] = []
    private var mirror: [Share] = []
    private var isPublic = true
    private var description: String?
    private var tags: [String: String] = [:]
    private var properties: [String: String] = [:]
    private var statuses = StatusStyle.managed
    private var places: [String: Problem.Location] = [:]

    /// One deployment's percentage.
    private struct Share {
        let deployment: DeploymentName
        let percent: Int
        let location: Problem.Location
    }

    /// Reads the document's tree.
    ///
    /// Shape: what could be read comes with what is wrong besides; nothing without a name.
    static func read(
        _ root: YAMLNode
    ) -> (manifest: EndpointManifest?, findings: Findings) {
        var reader = EndpointManifestReader()
        for entry in reader.values.entries(root, "the document") { reader.readEntry(entry) }
        if root["name"]?.isNull ?? true {
            reader.values.refuse(
                "noName",
                "'name' is missing",
                "write the endpoint's name: \(EndpointName.rule)",
                root
            )
        }
        reader.checkMirror()
        return (reader.manifest, reader.values.findings)
    }

    private var manifest: EndpointManifest? {
        guard let name else { return nil }
        var manifest = EndpointManifest(name: name)
        manifest.authMode = authMode
        for share in traffic where share.percent > 0 {
            manifest.traffic[share.deployment] = share.percent
        }
        for share in mirror where share.percent > 0 {
            manifest.mirrorTraffic[share.deployment] = share.percent
        }
        manifest.isPublic = isPublic
        manifest.description = description
        manifest.tags = tags
        manifest.properties = properties
        manifest.statuses = statuses
        manifest.places = places
        return manifest
    }

    private mutating func readEntry(_ entry: YAMLEntry) {
        let value = entry.value
        guard !value.isNull else { return checkKnown(entry) }
        places[entry.key] = entry.location
        switch entry.key {
        case "$schema": values.schema(value, of: .endpoint)
        case "name": name = values.name(value, entry.key, EndpointName.self)
        case "auth_mode": readAuthMode(entry)
        case "identity": values.identity(entry)
        case "traffic": traffic = readTraffic(entry)
        case "mirror_traffic":
            mirror = readShares(entry, in: EndpointManifest.mirrorPercents)
        case "public_network_access": readPublicAccess(entry)
        case "compute":
            values.refuseUnsupported(
                entry,
                remedy: "remove it: it names a Kubernetes cluster, and endpoints are served by "
                    + "this machine"
            )
        case "description": description = values.text(value, entry.key)
        case "tags": tags = values.texts(value, entry.key)
        case "properties": readProperties(value)
        case _ where EndpointManifest.answeredKeys.contains(entry.key): values.noteAnswered(entry)
        default: checkKnown(entry)
        }
    }

    private mutating func checkKnown(_ entry: YAMLEntry) {
        if EndpointManifest.keys.contains(entry.key) { return }
        if EndpointManifest.ownProperties.contains(entry.key) {
            values.refuseMisplaced(entry, "write it under 'properties'", in: "the document")
        } else if DeploymentSettingsReader.keys.contains(entry.key) {
            values.refuseMisplaced(
                entry,
                "write it in the deployment's document",
                in: "an endpoint's document"
            )
        } else {
            values.refuseUnknown(entry, among: EndpointManifest.keys, in: "the document")
        }
    }

    private mutating func readAuthMode(_ entry: YAMLEntry) {
        guard
            let mode = values.azureWord(entry.value, entry.key, EndpointManifest.AuthMode.self)
        else { return }
        authMode = mode
        values.findings.note(
            "openEndpoint",
            "'auth_mode' is '\(mode.rawValue)', and there are no keys and tokens yet: the endpoint "
                + "is open to this machine only",
            at: entry.location
        )
    }

    private mutating func readPublicAccess(_ entry: YAMLEntry) {
        isPublic =
            values.azureWord(entry.value, entry.key, ["enabled": true, "disabled": false]) ?? true
        guard !isPublic else { return }
        values.noteUnused(entry, "the address that the server listens at says who gets in")
    }

    // MARK: - Traffic

    private mutating func readTraffic(_ entry: YAMLEntry) -> [Share] {
        let shares = readShares(entry, in: 0...100)
        guard shares.count == entry.value.entries?.count else { return shares }
        let sum = shares.reduce(0) { $0 + $1.percent }
        if sum != 0, sum != 100 {
            values.findings.refuse(
                "trafficSum",
                "the percentages of 'traffic' sum to \(sum)",
                "let them sum to 100, or to 0 where no deployment is to answer",
                at: entry.location
            )
        }
        return shares
    }

    private mutating func readShares(
        _ entry: YAMLEntry,
        in range: ClosedRange<Int>
    ) -> [Share] {
        var shares: [Share] = []
        var seen: [String: DeploymentName] = [:]
        for part in values.entries(entry.value, entry.key) {
            let key = "\(entry.key).\(part.key)"
            guard let name = DeploymentName(part.key) else {
                values.findings.refuse(
                    "name",
                    "'\(entry.key)' names '\(part.key.excerpt)', which breaks the rule for names",
                    "write a deployment's name: \(DeploymentName.rule)",
                    at: part.location
                )
                continue
            }
            guard let percent = values.integer(part.value, key, in: range) else { continue }
            // Azure's tools lower the case of these names: two that differ in it alone are one.
            if let first = seen.updateValue(name, forKey: name.text.lowercased()) {
                values.findings.refuse(
                    "trafficTwice",
                    "'\(entry.key)' names '\(name)', and '\(first)' differs from it in "
                        + "case alone",
                    "keep one of them",
                    at: part.location
                )
                continue
            }
            places[key] = part.location
            shares.append(Share(deployment: name, percent: percent, location: part.location))
        }
        return shares
    }

    private mutating func checkMirror() {
        let copies = mirror.filter { $0.percent > 0 }
        for extra in copies.dropFirst() {
            values.findings.refuse(
                "mirrorCount",
                "'mirror_traffic' names '\(extra.deployment)' besides "
                    + "'\(copies[0].deployment)'",
                "keep one: a copy goes to one deployment",
                at: extra.location
            )
        }
        for copy in copies.prefix(1) {
            let isLive = traffic.contains {
                $0.percent > 0
                    && $0.deployment.text.lowercased() == copy.deployment.text.lowercased()
            }
            guard isLive else { continue }
            values.findings.refuse(
                "mirrorLive",
                "'mirror_traffic' names '\(copy.deployment)', which 'traffic' names too",
                "take it out of one: a deployment answers, or gets copies",
                at: copy.location
            )
        }
    }

    // MARK: - Properties

    private mutating func readProperties(_ node: YAMLNode) {
        for entry in values.entries(node, "properties") {
            places[entry.key] = entry.location
            switch entry.key {
            case "scorekeeper.statuses":
                statuses = values.word(entry.value, entry.key, StatusStyle.self) ?? .managed
            case "enforce_access_to_default_secret_stores"
            where entry.value.text?.lowercased() == "enabled":
                values.refuseUnsupported(
                    entry,
                    remedy: "remove it, and write secrets' values where the server is started: "
                        + "no store of Azure's is asked"
                )
            case _ where DeploymentSettingsReader.properties.contains(entry.key):
                values.refuseMisplaced(
                    entry,
                    "write it under 'properties' of the deployment's document",
                    in: "an endpoint's 'properties'"
                )
            default:
                if values.refuseNearMiss(entry, among: EndpointManifest.ownProperties) { continue }
                if let text = values.label(entry, of: "properties") {
                    properties[entry.key] = text
                }
            }
        }
    }
}
