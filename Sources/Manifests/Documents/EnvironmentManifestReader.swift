// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads an environment's document, or the environment inside a deployment's.
///
/// The conda file alone is built, on this machine's own system. Azure's base images hold a Python
/// and a server that we bring ourselves, so that one beside a conda file is told and left; of any
/// other image nobody knows what in it is needed.
struct EnvironmentManifestReader {
    /// What Azure's own base images begin with.
    private static let baseImages = "mcr.microsoft.com/azureml/"

    let folder: String
    let isInline: Bool
    var values = DocumentValues()
    private var name: String?
    private var version: String?
    private var image: String?
    private var condaFile: ManifestPath?
    private var definition: EnvironmentDefinition?
    private var description: String?
    private var tags: [String: String] = [:]
    private var properties: [String: String] = [:]
    private var places: [String: Problem.Location] = [:]

    private init(folder: String, isInline: Bool) {
        self.folder = folder
        self.isInline = isInline
    }

    /// Reads the tree of a document, or with `isInline` of `environment` in a deployment's.
    ///
    /// Shape: paths are counted from `folder`; a conda file that is named is read too.
    static func read(
        _ root: YAMLNode,
        in folder: String,
        isInline: Bool = false
    ) -> (manifest: EnvironmentManifest?, findings: Findings) {
        var reader = EnvironmentManifestReader(folder: folder, isInline: isInline)
        for entry in reader.values.entries(root, isInline ? "environment" : "the document") {
            reader.readEntry(entry)
        }
        if root.entries != nil { reader.checkWhole(root) }
        return (reader.manifest(root), reader.values.findings)
    }

    private func manifest(_ root: YAMLNode) -> EnvironmentManifest? {
        guard let definition else { return nil }
        return EnvironmentManifest(
            name: name,
            version: version,
            definition: definition,
            condaFile: condaFile,
            image: image,
            description: description,
            tags: tags,
            properties: properties,
            places: places,
            location: root.location
        )
    }

    /// What a key is called in messages.
    func called(_ key: String) -> String { isInline ? "environment.\(key)" : key }

    /// What the whole is called in messages.
    private var whole: String { isInline ? "'environment'" : "the document" }

    private mutating func readEntry(_ entry: YAMLEntry) {
        let value = entry.value
        let key = called(entry.key)
        let keys = isInline ? EnvironmentManifest.inlineKeys : EnvironmentManifest.keys
        guard keys.contains(entry.key) else {
            if ["channels", "dependencies"].contains(entry.key) {
                values.refuseMisplaced(entry, "write it under 'conda_file'", in: whole)
            } else {
                values.refuseUnknown(entry, among: keys, in: whole)
            }
            return
        }
        guard !value.isNull else { return }
        places[entry.key] = entry.location
        switch entry.key {
        case "$schema": values.schema(value, of: .environment)
        case "name": name = values.text(value, key).flatMap { values.assetName($0, value, key) }
        case "version":
            version = values.text(value, key).flatMap { values.assetVersion($0, value, key) }
        case "image": image = values.text(value, key)
        case "build": readBuild(entry)
        case "conda_file": readConda(value)
        case "inference_config": readInferenceConfig(entry)
        case "os_type": readSystem(value)
        case "description": description = values.text(value, key)
        case "tags": tags = values.texts(value, key)
        case "properties": properties = values.texts(value, key)
        case "datastore":
            values.noteUnused(entry, "an environment is built where the server keeps its state")
        default: values.noteAnswered(entry)
        }
    }

    private mutating func readBuild(_ entry: YAMLEntry) {
        let known = ["path", "dockerfile_path"]
        for part in values.entries(entry.value, called("build")) where !known.contains(part.key) {
            values.refuseUnknown(part, among: known, in: "'\(called("build"))'")
        }
    }

    private mutating func readSystem(_ node: YAMLNode) {
        guard let type = node.text, type.lowercased() != "linux" else { return }
        values.refuse(
            "osType",
            "'\(called("os_type"))' is '\(type.excerpt)'",
            "remove it: everything runs on Linux",
            node
        )
    }

    private mutating func readConda(_ node: YAMLNode) {
        let reading: Reading<EnvironmentDefinition>
        if node.entries != nil {
            reading = EnvironmentDefinitionReader.read(
                conda: node,
                in: ModelDirectory(path: folder.isEmpty ? "." : folder)
            )
        } else {
            guard let text = values.text(node, called("conda_file")),
                let file = values.path(text, node, in: folder, of: called("conda_file"))
            else { return }
            condaFile = file
            let name = RelativePath.lastComponent(of: file.path)
            let above = String(file.path.dropLast(name.count))
            reading = EnvironmentDefinitionReader.read(
                condaFile: name,
                in: ModelDirectory(path: above.isEmpty ? "." : above),
                askedAt: node.location
            )
        }
        values.findings.add(reading.findings)
        definition = reading.value
    }

    // MARK: - What only the whole shows

    private mutating func checkWhole(_ root: YAMLNode) {
        if !isInline, root["name"]?.isNull ?? true {
            values.refuse(
                "noName",
                "'name' is missing",
                "write the environment's name: \(AssetReference.nameRule)",
                root
            )
        }
        if let build = places["build"] {
            let isBoth = places["image"] != nil
            values.findings.add(
                Problem(
                    isBoth ? .invalid : .unsupported,
                    code: isBoth ? "imageAndBuild" : "notSupported",
                    what: isBoth
                        ? "\(whole) has an 'image' and a 'build': an image is taken or built"
                        : "'build' is not supported yet",
                    remedy: isBoth
                        ? "remove one of them; here, name the packages in 'conda_file'"
                        : "no image is built here: name the packages in 'conda_file' instead",
                    location: build
                )
            )
            return
        }
        guard let node = root["image"], let image else {
            if places["conda_file"] == nil {
                values.refuse(
                    "environment",
                    "\(whole) has no 'conda_file'",
                    "write a path or the packages themselves there"
                        + (isInline
                            ? ", or name a curated environment as 'azureml:NAME@latest'" : ""),
                    root
                )
            }
            return
        }
        checkImage(image, node)
    }

    private mutating func checkImage(_ image: String, _ node: YAMLNode) {
        if places["conda_file"] == nil {
            values.findings.add(
                Problem(
                    .unsupported,
                    code: "imageAlone",
                    what: "\(whole) is an image, and none is run here",
                    remedy: "name the packages in 'conda_file', or take a curated environment",
                    location: node.location
                )
            )
        } else if image.hasPrefix(Self.baseImages) {
            values.findings.note(
                "imageNotUsed",
                "the image is not used: the environment is built from 'conda_file' alone, on this "
                    + "machine's own system",
                at: node.location
            )
        } else {
            values.findings.add(
                Problem(
                    .unsupported,
                    code: "foreignImage",
                    what: "the image '\(image.excerpt)' is none of Azure's base images, and "
                        + "none is run here",
                    remedy: "remove it, if the packages in 'conda_file' are all that is needed",
                    location: node.location
                )
            )
        }
    }
}
