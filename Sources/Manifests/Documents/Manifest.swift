// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One document of Azure ML's CLI (v2), read.
public enum Manifest: Hashable, Codable, Sendable {
    /// A registered environment.
    case environment(EnvironmentManifest)
    /// A registered model.
    case model(ModelManifest)
    /// An endpoint.
    case endpoint(EndpointManifest)
    /// A deployment.
    case deployment(DeploymentManifest)

    /// What it describes.
    public var kind: ManifestKind {
        switch self {
        case .environment: .environment
        case .model: .model
        case .endpoint: .endpoint
        case .deployment: .deployment
        }
    }
}

/// Reads a document of any of the four kinds, in YAML or JSON.
///
/// The kind is what the caller demands; else what `$schema` names; else what the keys speak for.
public struct ManifestReader {
    /// What was read of a document, and what is wrong with it.
    public struct Outcome: Sendable {
        /// The kind, where it can be told.
        public let kind: ManifestKind?
        /// What could be read, though other parts of it may be wrong.
        public let manifest: Manifest?
        /// The document as it was written, where it is a mapping.
        public var written: WrittenDocument?
        /// What was found on the way.
        public let findings: Findings

        /// The document, where nothing refuses it.
        public var reading: Reading<Manifest> { Reading(manifest, findings) }
    }

    /// Reads a document's bytes.
    ///
    /// Shape: `file` is its name for messages, and JSON where that ends so; `folder` is the folder
    /// that it lies in, which its paths are counted from; `overrides` are written over it first.
    public static func read(
        _ bytes: [UInt8],
        file: String,
        in folder: String,
        as kind: ManifestKind? = nil,
        setting overrides: [ManifestOverride] = []
    ) -> Outcome {
        var findings = Findings()
        let tree = DocumentTree.read(bytes, file: file, into: &findings)
        guard let written = tree else {
            return Outcome(kind: kind, manifest: nil, findings: findings)
        }
        let root = ManifestOverride.apply(overrides, to: written, into: &findings)
        guard root.entries != nil else {
            findings.refuse(
                "notAMapping",
                "the document is \(root.kind)",
                "write keys and values",
                at: root.location
            )
            return Outcome(kind: kind, manifest: nil, findings: findings)
        }
        guard let kind = kind ?? Self.kind(of: root) else {
            findings.add(unknownKind(root))
            return Outcome(kind: nil, manifest: nil, findings: findings)
        }
        let manifest = read(root, as: kind, in: folder, into: &findings)
        return Outcome(
            kind: kind,
            manifest: manifest,
            written: WrittenDocument(root, in: folder),
            findings: findings
        )
    }

    /// The kind of a tree: what its `$schema` names, else what its keys speak for.
    static func kind(of root: YAMLNode) -> ManifestKind? {
        if let schema = root["$schema"]?.text { return ManifestKind(schema: schema) }
        return ManifestKind(keys: root.entries?.map(\.key) ?? [])
    }

    /// Reads a tree as a document of one kind.
    static func read(
        _ root: YAMLNode,
        as kind: ManifestKind,
        in folder: String,
        into findings: inout Findings
    ) -> Manifest? {
        switch kind {
        case .environment:
            let read = EnvironmentManifestReader.read(root, in: folder)
            findings.add(read.findings)
            return read.manifest.map { .environment($0) }
        case .model:
            let read = ModelManifestReader.read(root, in: folder)
            findings.add(read.findings)
            return read.manifest.map { .model($0) }
        case .endpoint:
            let read = EndpointManifestReader.read(root)
            findings.add(read.findings)
            return read.manifest.map { .endpoint($0) }
        case .deployment:
            let read = DeploymentSettingsReader.read(root, in: folder)
            findings.add(read.findings)
            return .deployment(read.manifest)
        }
    }

    private static func unknownKind(_ root: YAMLNode) -> Problem {
        let known = ManifestKind.allCases.map { "'\($0.schemaName)'" }.joined(separator: ", ")
        let schema = root["$schema"]
        let what =
            schema.flatMap(\.text).map { "'$schema' is '\($0.excerpt)', which is not read here" }
            ?? "the keys do not tell what kind of document this is"
        return Problem(
            schema == nil ? .invalid : .unsupported,
            code: schema == nil ? "unknownKind" : "foreignSchema",
            what: what,
            remedy: schema == nil
                ? "write its '$schema': one of \(known)" : "these kinds are: \(known)",
            location: schema?.location ?? root.location
        )
    }
}
