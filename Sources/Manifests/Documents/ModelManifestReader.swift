// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads a model's document, or the model inside a deployment's.
struct ModelManifestReader {
    private let folder: String
    private let isInline: Bool
    private var values = DocumentValues()
    private var name: String?
    private var version: String?
    private var path: ManifestPath?
    private var format = ModelManifest.Format.custom
    private var flavors: [String] = []
    private var stage: String?
    private var description: String?
    private var tags: [String: String] = [:]
    private var properties: [String: String] = [:]
    private var places: [String: Problem.Location] = [:]

    private init(folder: String, isInline: Bool) {
        self.folder = folder
        self.isInline = isInline
    }

    /// Reads the tree of a document, or with `isInline` of `model` in a deployment's.
    ///
    /// Shape: paths are counted from `folder`. What could be read comes with what is wrong besides.
    static func read(
        _ root: YAMLNode,
        in folder: String,
        isInline: Bool = false
    ) -> (manifest: ModelManifest?, findings: Findings) {
        var reader = ModelManifestReader(folder: folder, isInline: isInline)
        for entry in reader.values.entries(root, isInline ? "model" : "the document") {
            reader.readEntry(entry)
        }
        if root.entries != nil { reader.checkWhole(root) }
        return (reader.manifest, reader.values.findings)
    }

    private var manifest: ModelManifest? {
        guard let path else { return nil }
        return ModelManifest(
            name: name,
            version: version,
            path: path,
            format: format,
            flavors: flavors,
            stage: stage,
            description: description,
            tags: tags,
            properties: properties,
            places: places
        )
    }

    /// What the key is called in messages.
    private func called(_ key: String) -> String { isInline ? "model.\(key)" : key }

    private var keys: [String] {
        isInline ? ModelManifest.inlineKeys : ModelManifest.keys
    }

    private mutating func readEntry(_ entry: YAMLEntry) {
        let value = entry.value
        let key = called(entry.key)
        guard keys.contains(entry.key) else {
            values.refuseUnknown(entry, among: keys, in: isInline ? "'model'" : "the document")
            return
        }
        guard !value.isNull else { return }
        places[entry.key] = entry.location
        switch entry.key {
        case "$schema": values.schema(value, of: .model)
        case "name": name = values.text(value, key).flatMap { values.assetName($0, value, key) }
        case "version":
            version = values.text(value, key).flatMap { values.assetVersion($0, value, key) }
        case "path":
            path = values.text(value, key).flatMap { values.path($0, value, in: folder, of: key) }
        case "type": readType(value, key)
        case "flavors":
            flavors = values.entries(value, key).map(\.key)
            values.noteUnused(entry, "the model's own 'MLmodel' says what flavors it has")
        case "stage": stage = values.text(value, key)
        case "description": description = values.text(value, key)
        case "tags": tags = values.texts(value, key)
        case "properties": properties = values.texts(value, key)
        case "datastore":
            values.noteUnused(entry, "a model is copied to where the server keeps its state")
        default: values.noteAnswered(entry)
        }
    }

    private mutating func readType(_ node: YAMLNode, _ key: String) {
        guard node.text?.lowercased() != "triton_model" else {
            values.refuse(
                "triton",
                "'\(key)' is 'triton_model', which is not served yet",
                "save the model with MLflow, or write a scorer for it",
                node
            )
            return
        }
        format = values.azureWord(node, key, ModelManifest.Format.self) ?? .custom
    }

    private mutating func checkWhole(_ root: YAMLNode) {
        if !isInline, root["name"]?.isNull ?? true {
            values.refuse(
                "noName",
                "'name' is missing",
                "write the model's name: \(AssetReference.nameRule)",
                root
            )
        }
        if root["path"]?.isNull ?? true {
            values.refuse(
                "modelPath",
                isInline ? "'model' has no 'path'" : "'path' is missing",
                "write the path of the model's folder or file, counted from the document's folder"
                    + (isInline ? "; or 'azureml:NAME:VERSION' for a registered one" : ""),
                root
            )
        }
        if let flavors = places["flavors"], format == .custom, root["type"]?.isNull ?? true {
            values.findings.refuse(
                "flavors",
                "'\(called("flavors"))' is for MLflow models, and the model is a 'custom_model'",
                "write 'type: mlflow_model', or remove it",
                at: flavors
            )
        }
    }
}
