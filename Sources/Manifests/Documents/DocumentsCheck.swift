// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Everything there is to say about documents, one or a folder of them, before anything is done.
///
/// Reads and never writes. What the documents name is looked at too: models, scripts, programs.
public struct DocumentsCheck: Codable, Sendable {
    /// One document.
    public struct Part: Codable, Sendable {
        /// Its file.
        public let file: String
        /// What it says.
        public let manifest: Manifest
        /// What there is to say about a deployment.
        public internal(set) var deployment: ManifestCheck?
        /// What there is to say about an MLflow model.
        public let model: ModelCheck?

        /// The same with another check of the deployment.
        public func with(_ check: ManifestCheck) -> Part {
            var part = self
            part.deployment = check
            return part
        }
    }

    /// The file or the folder, as the person named it.
    public let path: String
    /// The documents, in the order in which they are to be made.
    public private(set) var parts: [Part]
    /// What refuses a document or all of them; a deployment's and a model's own are in their parts.
    public private(set) var problems: [Problem]
    /// What a person should know besides.
    public private(set) var notices: [Notice]
    /// Problems beyond those that are listed.
    public let unlisted: Int

    /// Checks the folder of documents, or the one document, at `path`.
    ///
    /// Shape: `environments` are the curated ones; `assets` knows what is registered.
    public init(
        path: String,
        environments: EnvironmentCatalogue,
        assets: any AssetResolver = UntoldAssets()
    ) {
        let folder =
            ManifestFolder.isFolder(path)
            ? ManifestFolder(path: path) : Self.single(path)
        var findings = folder.findings
        let known = FolderAssets(folder, before: assets)
        self.path = path
        self.parts = folder.entries.map { entry in
            var deployment: ManifestCheck?
            var model: ModelCheck?
            switch entry.manifest {
            case .deployment(let manifest):
                deployment = ManifestCheck(
                    manifest,
                    file: entry.file,
                    environments: environments,
                    assets: known,
                    findings: Findings()
                )
            case .model(let manifest): model = Self.check(manifest, into: &findings)
            case .environment, .endpoint: break
            }
            return Part(
                file: entry.file,
                manifest: entry.manifest,
                deployment: deployment,
                model: model
            )
        }
        self.problems = findings.problems
        self.notices = findings.notices
        self.unlisted = findings.uncounted
    }

    /// Whether all of it could be made.
    public var isServable: Bool { allProblems.isEmpty }

    /// Whether something must be built before it serves.
    public var needsEnvironment: Bool {
        parts.contains { $0.deployment?.needsEnvironment ?? false }
    }

    /// What refuses any of it.
    public var allProblems: [Problem] {
        problems + parts.flatMap { ($0.deployment?.problems ?? []) + ($0.model?.problems ?? []) }
    }

    /// All that a person should know besides.
    public var allNotices: [Notice] {
        // Whether a model gets a network is a deployment's to say.
        let models = parts.flatMap { $0.model?.notices ?? [] }.filter { $0.code != "egressOff" }
        return notices + parts.flatMap { $0.deployment?.notices ?? [] } + models
    }

    /// The same with one more notice.
    public func noting(_ notice: Notice) -> DocumentsCheck {
        var check = self
        check.notices.append(notice)
        return check
    }

    /// The same with other parts.
    public func with(_ parts: [Part]) -> DocumentsCheck {
        var check = self
        check.parts = parts
        return check
    }

    /// Whether `path` is one document, and a deployment's or none that can be told.
    public static func isDeployment(at path: String) -> Bool {
        guard !ManifestFolder.isFolder(path) else { return false }
        var findings = Findings()
        let bytes = DocumentFile(path).read(into: &findings)
        guard let bytes, let root = DocumentTree.read(bytes, file: path, into: &findings) else {
            return true
        }
        return (ManifestReader.kind(of: root) ?? .deployment) == .deployment
    }

    private static func single(_ path: String) -> ManifestFolder {
        let file = DocumentFile(path)
        var findings = Findings()
        let bytes = file.read(into: &findings)
        return ManifestFolder(
            single: bytes.map { (path, $0) },
            in: file.folder,
            findings: findings
        )
    }

    /// Looks whether a model's files are there, and into MLflow's.
    private static func check(
        _ model: ModelManifest,
        into findings: inout Findings
    ) -> ModelCheck? {
        let kind = ModelKind.recognise(model.path.path)
        if model.format == .mlflow, kind != .missing {
            return ModelCheck(path: model.path.path, settings: DeploymentSettings())
        }
        guard kind == .missing else { return nil }
        findings.refuse(
            "missingFile",
            "'path' is '\(model.path.written.excerpt)', and there is nothing at "
                + "'\(model.path.path)'",
            "correct the path, which is counted from the document's folder",
            at: model.path.location
        )
        return nil
    }
}
