// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads the document beside a model, or one that stands alone: an Azure ML
/// managedOnlineDeployment, with additions of ours under `properties:` so that Azure's own tools
/// accept the file too.
///
/// A key that is not known is refused with the nearest known one. A key that is known and not used
/// yet is told where leaving it out changes nothing a caller could see, and refused where it would
/// be a lie: a probe may wait, a data collector that collects nothing may not.
///
/// Source: Azure ML's CLI (v2) managed online deployment YAML schema; azure-ai-ml 1.35.2.
public struct DeploymentSettingsReader {
    /// Keys of the document that are known.
    static let keys = [
        "$schema", "id", "name", "endpoint_name", "type", "model", "model_mount_path",
        "code_configuration", "environment", "environment_variables", "instance_type",
        "instance_count", "app_insights_enabled", "scale_settings", "request_settings",
        "liveness_probe", "readiness_probe", "startup_probe", "data_collector",
        "egress_public_network_access", "private_network_connection", "provisioning_state",
        "resources", "description", "tags", "properties",
    ]
    /// Keys that only an endpoint's document has, and that people look for here.
    static let endpointKeys = [
        "auth_mode", "identity", "traffic", "mirror_traffic", "public_network_access",
    ]
    /// Longest document.
    public static let limit = 1 << 20

    let endpoint: EndpointName?
    let folderName: String?
    /// The folder of a document that stands alone: what its paths are counted from.
    let folder: String?
    var manifest = DeploymentManifest()
    var values = DocumentValues()

    var settings: DeploymentSettings {
        get { manifest.settings }
        set { manifest.settings = newValue }
    }

    private init(endpoint: EndpointName?, folderName: String?, folder: String? = nil) {
        self.endpoint = endpoint
        self.folderName = folderName
        self.folder = folder
    }

    /// Reads a document that stands alone and says what is served, not only how.
    ///
    /// Shape: `file` is its name for messages; `folder` is the folder that it lies in. A conda file
    /// that it names is read too. What could be read comes with what is wrong about the rest, so
    /// that the files which are named can be looked for all the same.
    public static func read(
        _ bytes: [UInt8],
        file: String,
        in folder: String
    ) -> (manifest: DeploymentManifest, findings: Findings) {
        var findings = Findings()
        guard let root = DocumentTree.read(bytes, file: file, into: &findings) else {
            return (DeploymentManifest(), findings)
        }
        return read(root, in: folder)
    }

    /// Reads the tree of a document that stands alone.
    static func read(
        _ root: YAMLNode,
        in folder: String
    ) -> (manifest: DeploymentManifest, findings: Findings) {
        var reader = DeploymentSettingsReader(endpoint: nil, folderName: nil, folder: folder)
        reader.readDocument(root)
        if root.entries != nil { reader.checkWhole(root) }
        return (reader.manifest, reader.values.findings)
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
        if let root = YAMLReader.read(bytes, file: file, into: &reader.values.findings) {
            reader.readDocument(root)
        }
        return Reading(reader.settings, reader.values.findings)
    }

    private mutating func readDocument(_ root: YAMLNode) {
        guard let entries = root.entries else {
            let what = "the document is \(root.kind)"
            values.refuse("notAMapping", what, "write keys and values", root)
            return
        }
        for entry in entries { readEntry(entry) }
        if root["egress_public_network_access"] == nil {
            values.findings.add(Notice.egressOff("model", at: root.location))
        }
    }

    private mutating func readEntry(_ entry: YAMLEntry) {
        let value = entry.value
        if !value.isNull { manifest.places[entry.key] = entry.location }
        switch entry.key {
        case "$schema": values.schema(value, of: .deployment)
        case "name":
            settings.deployment = values.name(value, entry.key, DeploymentName.self)
        case "endpoint_name":
            settings.endpoint = values.name(value, entry.key, EndpointName.self)
            checkEndpoint(value)
        case "type": readType(value)
        case "model", "code_configuration", "environment": readSource(entry)
        case "environment_variables": readVariables(value)
        case "instance_type": readInstanceType(value)
        case "instance_count":
            let counts = DeploymentSettings.instanceCounts
            settings.instances = values.integer(value, entry.key, in: counts) ?? 1
        case "request_settings": readRequestSettings(value)
        case "egress_public_network_access":
            settings.isNetworkAllowed =
                values.word(value, entry.key, ["enabled": true, "disabled": false]) ?? false
        case "properties": readProperties(value)
        case "scale_settings": readScaleSettings(value)
        case "liveness_probe": settings.livenessProbe = readProbe(entry)
        case "readiness_probe": settings.readinessProbe = readProbe(entry)
        case "startup_probe": settings.startupProbe = readProbe(entry)
        case "app_insights_enabled":
            if values.boolean(value, entry.key) == true { values.noteUnused(entry) }
        case "description":
            manifest.description = value.isNull ? nil : values.text(value, entry.key)
        case "tags": manifest.tags = values.texts(value, entry.key)
        case "id", "provisioning_state": values.noteAnswered(entry)
        case "private_network_connection":
            if values.boolean(value, entry.key) == true { values.refuseUnsupported(entry) }
        case "model_mount_path":
            guard !value.isNull else { return }
            values.refuseUnsupported(
                entry,
                remedy: folder == nil
                    ? "remove it: without it the model is served from its own directory"
                    : "remove it: the variable AZUREML_MODEL_DIR says where the model is"
            )
        case "data_collector": settings.dataCollector = readDataCollector(entry)
        case "resources":
            guard !value.isNull else { return }
            values.refuseUnsupported(
                entry,
                remedy: "remove it: it is for Kubernetes, and 'instance_type' says what one gets"
            )
        case _ where Self.properties.contains(entry.key):
            values.refuseMisplaced(entry, "write it under 'properties'", in: "the document")
        case _ where Self.endpointKeys.contains(entry.key):
            values.refuseMisplaced(
                entry,
                "write it in the endpoint's document",
                in: "a deployment's document"
            )
        default:
            values.refuseUnknown(entry, among: Self.keys, in: "the document")
        }
    }
}
