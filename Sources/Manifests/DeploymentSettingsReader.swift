// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads the document beside a model: an Azure ML managedOnlineDeployment, with additions of ours
/// under `properties:` so that Azure's own tools accept the file too.
///
/// A key that is not known is refused with the nearest known one. A key that is known and not used
/// yet is told where leaving it out changes nothing a caller could see, and refused where it would
/// be a lie: a probe may wait, a data collector that collects nothing may not.
///
/// Source: Azure ML's CLI (v2) managed online deployment YAML schema; azure-ai-ml 1.35.2.
public struct DeploymentSettingsReader {
    /// Keys of the document that are known.
    static let keys = [
        "$schema", "name", "endpoint_name", "type", "model", "model_mount_path",
        "code_configuration", "environment", "environment_variables", "instance_type",
        "instance_count", "app_insights_enabled", "scale_settings", "request_settings",
        "liveness_probe", "readiness_probe", "data_collector", "egress_public_network_access",
        "private_network_connection", "provisioning_state", "resources", "description", "tags",
        "properties",
    ]
    /// Keys of ours under `properties`.
    static let properties = [
        "scorekeeper.retry", "scorekeeper.python", "scorekeeper.statuses",
        "scorekeeper.fork_server", "scorekeeper.isolation", "scorekeeper.scorer",
        "scorekeeper.start_deadline",
    ]
    static let requestSettings = [
        "request_timeout_ms", "max_concurrent_requests_per_instance", "max_queue_wait_ms",
    ]
    static let probeSettings = [
        "initial_delay", "period", "timeout", "success_threshold", "failure_threshold",
    ]
    /// Longest document.
    public static let limit = 1 << 20

    private let endpoint: EndpointName?
    private let folderName: String?
    private var settings = DeploymentSettings()
    private var findings = Findings()

    private init(endpoint: EndpointName?, folderName: String?) {
        self.endpoint = endpoint
        self.folderName = folderName
    }

    /// Reads the document's bytes.
    ///
    /// Shape: `file` is its name for messages; `endpoint` is the name that the model's folder maps
    /// to and `folderName` that folder: where they are given, the document must agree.
    public static func read(
        _ bytes: [UInt8],
        file: String,
        endpoint: EndpointName? = nil,
        folderName: String? = nil
    ) -> Reading<DeploymentSettings> {
        var reader = DeploymentSettingsReader(endpoint: endpoint, folderName: folderName)
        if let root = YAMLReader.read(bytes, file: file, into: &reader.findings) {
            reader.readDocument(root)
        }
        return Reading(reader.settings, reader.findings)
    }

    private mutating func readDocument(_ root: YAMLNode) {
        guard let entries = root.entries else {
            refuse("notAMapping", "the document is \(root.kind)", "write keys and values", root)
            return
        }
        for entry in entries { readEntry(entry) }
        if root["egress_public_network_access"] == nil {
            findings.note(
                "egressOff",
                "the model gets no network; Azure's default is the other way: write "
                    + "'egress_public_network_access: enabled' where it needs one",
                at: root.location
            )
        }
    }

    private mutating func readEntry(_ entry: YAMLEntry) {
        let value = entry.value
        switch entry.key {
        case "$schema": readSchema(value)
        case "name":
            settings.deployment = name(value, entry.key, DeploymentName.self)
        case "endpoint_name":
            settings.endpoint = name(value, entry.key, EndpointName.self)
            checkEndpoint(value)
        case "type": readType(value)
        case "model": checkModel(value)
        case "environment_variables": readVariables(value)
        case "instance_type": readInstanceType(value)
        case "instance_count":
            settings.instances = integer(value, entry.key, in: 1...50) ?? 1
        case "request_settings": readRequestSettings(value)
        case "egress_public_network_access":
            settings.isNetworkAllowed =
                word(value, entry.key, ["enabled": true, "disabled": false]) ?? false
        case "properties": readProperties(value)
        case "scale_settings": readScaleSettings(value)
        case "liveness_probe", "readiness_probe": readProbe(entry)
        case "app_insights_enabled":
            if boolean(value, entry.key) == true { noteUnused(entry) }
        case "provisioning_state", "description", "tags":
            return
        case "private_network_connection":
            if boolean(value, entry.key) == true { refuseUnsupported(entry) }
        case "code_configuration", "environment", "model_mount_path", "data_collector",
            "resources":
            if !value.isNull { refuseUnsupported(entry) }
        default:
            refuseUnknown(entry, among: Self.keys, in: "the document")
        }
    }

    // MARK: The document's parts

    private mutating func readSchema(_ node: YAMLNode) {
        guard let text = text(node, "$schema") else { return }
        let isManaged = text.lowercased().contains("managedonlinedeployment")
        guard !isManaged else { return }
        refuse(
            "schema",
            "'$schema' names another kind of document: '\(text.excerpt)'",
            "write a managedOnlineDeployment",
            node
        )
    }

    private mutating func readType(_ node: YAMLNode) {
        guard let text = text(node, "type"), text != "managed" else { return }
        refuse(
            "kind",
            "'type' is '\(text.excerpt)', and only 'managed' runs here",
            "remove it",
            node
        )
    }

    private mutating func checkEndpoint(_ node: YAMLNode) {
        guard let written = settings.endpoint, let endpoint, written != endpoint else { return }
        refuse(
            "endpointMismatch",
            "'endpoint_name' is '\(written)', and the folder's endpoint is '\(endpoint)'",
            "remove it or rename the folder",
            node
        )
    }

    /// The model is the directory beside the document: what is written must mean that one.
    private mutating func checkModel(_ node: YAMLNode) {
        guard !node.isNull, let folderName else { return }
        let written = node.text ?? node["path"]?.text ?? node["name"]?.text
        guard let written else {
            refuse("model", "'model' is \(node.kind)", "remove it", node)
            return
        }
        if let type = node["type"]?.text, type != "mlflow_model" {
            refuse(
                "model",
                "'model.type' is '\(type.excerpt)', and only 'mlflow_model' is served for now",
                "save the model with MLflow",
                node["type"] ?? node
            )
        }
        let name: String
        if written.hasPrefix("azureml:") {
            name =
                written.dropFirst("azureml:".count).split(whereSeparator: { ":@/".contains($0) })
                .first.map(String.init) ?? ""
        } else {
            name = RelativePath.lastComponent(of: written)
        }
        guard name != folderName else { return }
        refuse(
            "modelMismatch",
            "'model' is '\(written.excerpt)', and the model beside the document is "
                + "'\(folderName)'",
            "remove it or rename the folder",
            node
        )
    }

    private mutating func readVariables(_ node: YAMLNode) {
        for entry in entries(node, "environment_variables") {
            let bytes = Array(entry.key.utf8)
            let isName =
                bytes.first.map { !$0.isASCIIDigit } ?? false
                && bytes.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
            guard isName else {
                findings.refuse(
                    "variableName",
                    "'\(entry.key.excerpt)' is no name of an environment variable",
                    "write letters, digits and '_', no digit first",
                    at: entry.location
                )
                continue
            }
            guard !entry.key.hasPrefix("SCOREKEEPER_") else {
                findings.refuse(
                    "variableName",
                    "'\(entry.key.excerpt)' belongs to Scorekeeper",
                    "choose another name",
                    at: entry.location
                )
                continue
            }
            guard let scalar = entry.value.scalar, !scalar.isNull else {
                refuse(
                    "variableValue",
                    "the variable '\(entry.key)' is \(entry.value.kind)",
                    "write a text; '\"\"' for an empty one",
                    entry.value
                )
                continue
            }
            settings.variables[entry.key] = scalar.text
        }
    }

    private mutating func readInstanceType(_ node: YAMLNode) {
        guard let text = text(node, "instance_type") else { return }
        settings.instanceType = text
        guard text != InstanceType.shared.name else { return }
        findings.note(
            "instanceType",
            "the instance type '\(text.excerpt)' is not known here yet: instances share the "
                + "machine",
            at: node.location
        )
    }

    private mutating func readRequestSettings(_ node: YAMLNode) {
        for entry in entries(node, "request_settings") {
            let key = "request_settings.\(entry.key)"
            switch entry.key {
            case "request_timeout_ms":
                settings.requestTimeoutMilliseconds = integer(entry.value, key, in: 1...180_000)
            case "max_concurrent_requests_per_instance":
                settings.concurrentRequests = integer(entry.value, key, in: 1...256) ?? 1
            case "max_queue_wait_ms":
                settings.queueWaitMilliseconds = integer(entry.value, key, in: 1...180_000)
            default:
                refuseUnknown(entry, among: Self.requestSettings, in: "'request_settings'")
            }
        }
    }

    private mutating func readScaleSettings(_ node: YAMLNode) {
        guard !node.isNull else { return }
        guard let type = node["type"]?.text, type == "default" else {
            refuse(
                "scaleSettings",
                "'scale_settings' asks for scaling that is not built yet",
                "write 'type: default' or remove it; 'instance_count' says how many",
                node
            )
            return
        }
    }

    private mutating func readProbe(_ entry: YAMLEntry) {
        for setting in entries(entry.value, entry.key) {
            guard Self.probeSettings.contains(setting.key) else {
                refuseUnknown(setting, among: Self.probeSettings, in: "'\(entry.key)'")
                continue
            }
            _ = integer(setting.value, "\(entry.key).\(setting.key)", in: 1...86_400)
        }
        noteUnused(entry)
    }

    private mutating func readProperties(_ node: YAMLNode) {
        for entry in entries(node, "properties") {
            let value = entry.value
            switch entry.key {
            case "scorekeeper.retry":
                settings.retry = word(value, entry.key, Self.words(RetryPolicy.self))
            case "scorekeeper.python":
                settings.pythonPolicy =
                    word(value, entry.key, Self.words(PythonPolicy.self)) ?? .exact
            case "scorekeeper.statuses":
                settings.statuses = word(value, entry.key, Self.words(StatusStyle.self))
            case "scorekeeper.fork_server":
                settings.isForkServerUsed = word(value, entry.key, ["on": true, "off": false])
            case "scorekeeper.isolation":
                settings.minimumIsolation =
                    word(value, entry.key, Self.words(IsolationLevel.self))
            case "scorekeeper.scorer":
                settings.scorer = scorer(value)
            case "scorekeeper.start_deadline":
                settings.startDeadlineSeconds = integer(
                    value,
                    entry.key,
                    in: 1...3_600,
                    isQuotable: true
                )
            default:
                // Azure's properties are anyone's; only ours have a known set of names. A near
                // miss of the prefix is one of ours too.
                let prefix = entry.key.split(separator: ".").first.map(String.init) ?? ""
                if NearestWord.of(prefix, among: ["scorekeeper"]) != nil {
                    refuseUnknown(entry, among: Self.properties, in: "'properties'")
                }
            }
        }
    }

    private mutating func scorer(_ node: YAMLNode) -> DeploymentSettings.Scorer? {
        guard let text = text(node, "scorekeeper.scorer") else { return nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
            .map(String.init)
        guard let path = words.first else {
            refuse("scorer", "'scorekeeper.scorer' is empty", "name a program", node)
            return nil
        }
        return DeploymentSettings.Scorer(path: path, arguments: Array(words.dropFirst()))
    }

    // MARK: Values

    private static func words<Value: CaseIterable & RawRepresentable<String>>(
        _ type: Value.Type
    ) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0.rawValue, $0) })
    }

    private mutating func entries(_ node: YAMLNode, _ key: String) -> [YAMLEntry] {
        guard !node.isNull else { return [] }
        guard let entries = node.entries else {
            refuse("notAMapping", "'\(key)' is \(node.kind)", "write keys and values", node)
            return []
        }
        return entries
    }

    private mutating func text(_ node: YAMLNode, _ key: String) -> String? {
        guard let text = node.text, !text.isEmpty else {
            refuse("notAText", "'\(key)' is \(node.kind)", "write a text or remove it", node)
            return nil
        }
        return text
    }

    private mutating func name<Name: AzureName>(
        _ node: YAMLNode,
        _ key: String,
        _ type: Name.Type
    ) -> Name? {
        guard let text = text(node, key) else { return nil }
        guard let name = Name(text) else {
            refuse(
                "name",
                "'\(key)' is '\(text.excerpt)', which breaks the rule for names",
                "write \(Name.rule)",
                node
            )
            return nil
        }
        return name
    }

    private mutating func integer(
        _ node: YAMLNode,
        _ key: String,
        in range: ClosedRange<Int>,
        isQuotable: Bool = false
    ) -> Int? {
        let scalar = node.scalar.map { isQuotable ? $0.unquoted : $0 }
        guard let value = scalar?.integer, range.contains(value) else {
            refuse(
                "range",
                "'\(key)' is \(node.kind)",
                "write a whole number from \(range.lowerBound) to \(range.upperBound)",
                node
            )
            return nil
        }
        return value
    }

    private mutating func boolean(_ node: YAMLNode, _ key: String) -> Bool? {
        guard !node.isNull else { return nil }
        guard let value = node.scalar?.boolean else {
            refuse("notABoolean", "'\(key)' is \(node.kind)", "write true or false", node)
            return nil
        }
        return value
    }

    /// One of a few words; the remedy names them all in order.
    private mutating func word<Value>(
        _ node: YAMLNode,
        _ key: String,
        _ words: [String: Value]
    ) -> Value? {
        if let text = node.text, let value = words[text] { return value }
        let known = words.keys.sorted().map { "'\($0)'" }.joined(separator: " or ")
        refuse("word", "'\(key)' is \(node.kind)", "write \(known)", node)
        return nil
    }

    // MARK: Refusals

    private mutating func refuse(
        _ code: String,
        _ what: String,
        _ remedy: String,
        _ node: YAMLNode
    ) {
        findings.refuse(code, what, remedy, at: node.location)
    }

    private mutating func refuseUnknown(
        _ entry: YAMLEntry,
        among known: [String],
        in place: String
    ) {
        let nearest = NearestWord.of(entry.key, among: known)
        findings.refuse(
            "unknownKey",
            "\(place) has no key '\(entry.key.excerpt)'",
            nearest.map { "did you mean '\($0)'?" } ?? "remove it",
            at: entry.location
        )
    }

    private mutating func refuseUnsupported(_ entry: YAMLEntry) {
        findings.add(
            Problem(
                .unsupported,
                code: "notSupported",
                what: "'\(entry.key)' is not supported yet",
                remedy: "remove it: without it the model is served from its own directory",
                location: entry.location
            )
        )
    }

    private mutating func noteUnused(_ entry: YAMLEntry) {
        findings.note("notUsed", "'\(entry.key)' is accepted and not used yet", at: entry.location)
    }
}
