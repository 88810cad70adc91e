// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Everything there is to say about a deployment's document before anything is started.
///
/// Reads and never writes. Whatever can be told is told: a missing script does not hide a wrong
/// environment.
public struct ManifestCheck: Codable, Sendable {
    /// A folder or file that a scorer is given as its model.
    public struct Part: Codable, Hashable, Sendable {
        /// Where it is.
        public let path: String
        /// What the scorer sees it called.
        public let name: String
        /// Whether it is a folder.
        public let isFolder: Bool
    }

    /// What scores.
    public enum Serving: Codable, Sendable {
        /// The Python runtime, on the MLflow model at a path.
        case model(ModelCheck, path: String)
        /// The Python runtime, on a person's own script.
        case script(Script)
        /// A person's own program.
        case program(path: String, arguments: [String], model: Part?)
    }

    /// A script, and what it needs.
    public struct Script: Codable, Sendable {
        /// The folder of the code.
        public let folder: String
        /// The script's path in it.
        public let script: String
        /// What must be installed.
        public let environment: EnvironmentDefinition
        /// The curated environment's name, where it is one.
        public let environmentName: String?
        /// The model.
        public let model: Part?
    }

    /// The document's path as the person named it.
    public let file: String
    /// The endpoint.
    public let endpoint: EndpointName?
    /// The deployment.
    public let deployment: DeploymentName
    /// How it is served, where that can be read.
    public let settings: DeploymentSettings?
    /// What scores, where that is known.
    public let serving: Serving?
    /// Where the program is named, where one scores.
    public let programLocation: Problem.Location?
    /// What refuses it.
    public private(set) var problems: [Problem]
    /// What a person should know besides.
    public private(set) var notices: [Notice]
    /// Problems beyond those that are listed.
    public let unlisted: Int
    /// The document as it was written, where it was read here; no part of what is told.
    public private(set) var written: WrittenDocument?

    private enum CodingKeys: String, CodingKey {
        case file, endpoint, deployment, settings, serving, programLocation, problems, notices
        case unlisted
    }

    /// Whether it would be deployed.
    public var isServable: Bool { problems.isEmpty }

    /// Whether something must be built before it serves.
    public var needsEnvironment: Bool {
        switch serving {
        case .model, .script: true
        case .program, nil: false
        }
    }

    /// Checks the document at `path` and what it names.
    ///
    /// Shape: `endpoint` is the name that a person gave, whatever the document says;
    /// `environments` are the curated ones; `assets` knows what is registered; `overrides` are
    /// written over the document first.
    public init(
        file path: String,
        endpoint given: EndpointName? = nil,
        environments: EnvironmentCatalogue,
        assets: any AssetResolver = NoAssets(),
        setting overrides: [ManifestOverride] = []
    ) {
        let file = DocumentFile(path)
        var findings = Findings()
        var manifest: DeploymentManifest?
        var written: WrittenDocument?
        if let bytes = file.read(into: &findings) {
            let read = ManifestReader.read(
                bytes,
                file: path,
                in: file.folder,
                as: .deployment,
                setting: overrides
            )
            findings.add(read.findings)
            if case .deployment(let deployment) = read.manifest { manifest = deployment }
            written = read.written
        }
        self.init(
            manifest,
            file: path,
            endpoint: given,
            environments: environments,
            assets: assets,
            findings: findings
        )
        self.written = written
    }

    /// Checks a document that was kept, and what it names, with values written over it.
    ///
    /// Shape: `file` is where it was read from, which may be gone.
    public init(
        _ kept: WrittenDocument,
        file: String,
        endpoint: EndpointName,
        environments: EnvironmentCatalogue,
        assets: any AssetResolver,
        setting overrides: [ManifestOverride]
    ) {
        let read = ManifestReader.read(kept, file: file, as: .deployment, setting: overrides)
        var manifest: DeploymentManifest?
        if case .deployment(let deployment) = read.manifest { manifest = deployment }
        self.init(
            manifest,
            file: file,
            endpoint: endpoint,
            environments: environments,
            assets: assets,
            findings: read.findings
        )
        written = read.written
    }

    /// Checks what a document names that was read already.
    init(
        _ manifest: DeploymentManifest?,
        file path: String,
        endpoint given: EndpointName? = nil,
        environments: EnvironmentCatalogue,
        assets: any AssetResolver,
        findings: Findings
    ) {
        var findings = findings
        self.file = path
        self.endpoint = given ?? manifest?.settings.endpoint
        self.deployment = manifest?.settings.deployment ?? .dropped
        self.settings = manifest?.settings
        self.programLocation = manifest?.program?.path.location
        var reader = ManifestSources(environments: environments, assets: assets)
        let serving = manifest.flatMap { reader.serving($0) }
        findings.add(reader.findings)
        // Of a document that could not be read nobody knows what is missing.
        if given == nil, let places = manifest?.places, !places.isEmpty,
            places["endpoint_name"] == nil
        {
            findings.add(Self.nameless(path))
        }
        self.serving = findings.isClean ? serving : nil
        self.problems = findings.problems
        self.notices = findings.notices
        self.unlisted = findings.uncounted
    }

    /// The same with one more notice.
    public func noting(_ notice: Notice) -> ManifestCheck {
        var check = self
        check.notices.append(notice)
        return check
    }

    /// The same, refused for one more problem.
    public func refusing(_ problem: Problem) -> ManifestCheck {
        var check = self
        check.problems.append(problem)
        return check
    }

    private static func nameless(_ path: String) -> Problem {
        Problem(
            .invalid,
            code: "noEndpointName",
            what: "'endpoint_name' is missing",
            remedy: "write it, or give the name with --name",
            location: Problem.Location(file: path, line: 1, column: 1)
        )
    }
}
