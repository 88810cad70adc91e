// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Vocabulary

/// What somebody wants to be deployed: looked at, and not copied yet.
struct DeployPlan: Sendable {
    /// What scores.
    enum Work: Sendable {
        /// The Python runtime, on the MLflow model at a path.
        case model(ModelCheck, path: String)
        /// The Python runtime, on a person's own script.
        case script(ManifestCheck.Script)
        /// A person's own program; with what it is given as its model.
        case program(ProgramFile, arguments: [String], model: ManifestCheck.Part?)
    }

    /// What scores.
    let work: Work
    /// The deployment.
    let key: DeploymentKey
    /// Where it comes from.
    let origin: DeploymentDocument.Origin
    /// How it is to be served.
    private(set) var settings: DeploymentSettings
    /// What a person should be told.
    let notices: [String]
    /// The document as it was written, where there is one.
    private(set) var written: WrittenDocument?
    /// Where the document names its program.
    private var programLocation: Problem.Location?

    /// Looks at what a request names.
    ///
    /// Shape: `environments` is the folder of the curated ones.
    /// Errors: what `check` would tell; `nothingToDeploy`, `instances`, `nulInPath`.
    init(
        _ request: DeployRequest,
        environments: String,
        assets: ServerAssets
    ) throws(Problem) {
        try PathCheck.refuseCutOff([
            request.file, request.model, request.scorer?.path, request.libraryPath,
        ])
        switch (request.file, request.model, request.scorer) {
        case (let file?, nil, nil):
            let check = ManifestCheck(
                file: file,
                endpoint: request.name,
                environments: EnvironmentCatalogue(folder: environments),
                assets: assets
            )
            self = try DeployPlan(check)
        case (nil, let model?, nil):
            let check = ModelCheck(path: model, endpoint: request.name)
            self = try DeployPlan(check, from: .deployed(path: model))
        case (nil, let model, let program?):
            self = try DeployPlan(program, named: request.name, model: model)
        default:
            throw Problem(
                .invalid,
                code: "nothingToDeploy",
                what: "a request names a document alone, or a model, a scorer, or both",
                remedy: "name a document with -f; or a model's directory or archive; or a program "
                    + "with --scorer"
            )
        }
        if let instances = request.instances {
            settings.instances = try Self.legal(instances, for: key)
            written = written?.setting(["instance_count"], to: "\(instances)")
        }
    }

    /// Looks at what a request for a deployment behind a declared endpoint names.
    ///
    /// Errors: what `check` would tell.
    init(
        _ request: OnlineDeploymentRequest,
        environments: String,
        assets: ServerAssets
    ) throws(Problem) {
        try PathCheck.refuseCutOff([request.file, request.libraryPath])
        var overrides: [ManifestOverride] = []
        for text in request.overrides { overrides.append(try ManifestOverride(text)) }
        guard let file = request.file else {
            preconditionFailure("a document that is not named was to be read: \(request)")
        }
        let check = ManifestCheck(
            file: file,
            endpoint: request.endpoint,
            environments: EnvironmentCatalogue(folder: environments),
            assets: assets,
            setting: overrides
        )
        self = try DeployPlan(check, named: request.name)
        // Azure's own, since the document is one of Azure's; what short commands serve may take longer.
        let usual = DeploymentSettings.azureTimeoutMilliseconds
        settings.requestTimeoutMilliseconds = settings.requestTimeoutMilliseconds ?? usual
    }

    /// Looks at a deployment as it was declared, with values written over its document.
    ///
    /// Errors: what `check` would tell.
    init(
        _ present: DeploymentDocument,
        _ kept: WrittenDocument,
        setting overrides: [ManifestOverride],
        environments: String,
        assets: ServerAssets
    ) throws(Problem) {
        let check = ManifestCheck(
            kept,
            file: present.origin.path,
            endpoint: present.key.endpoint,
            environments: EnvironmentCatalogue(folder: environments),
            assets: assets,
            setting: overrides
        )
        self = try DeployPlan(check, named: present.key.deployment)
        settings.requestTimeoutMilliseconds =
            settings.requestTimeoutMilliseconds ?? present.settings.deadlineMilliseconds
    }

    /// A model that was checked.
    init(_ check: ModelCheck, from origin: DeploymentDocument.Origin) throws(Problem) {
        if let problem = check.problems.first {
            let count = check.problems.count + check.unlisted
            throw problem.among(count, listedBy: "scorekeeper check \(origin.path)")
        }
        guard let settings = check.settings, let endpoint = check.endpoint else {
            preconditionFailure("a check without problems has no settings: \(check)")
        }
        self.work = .model(check, path: origin.path)
        self.key = DeploymentKey(
            endpoint: endpoint,
            deployment: settings.deployment ?? .dropped
        )
        self.origin = origin
        self.settings = settings
        self.notices = check.notices.map(\.description)
    }

    /// A document that was checked.
    private init(_ check: ManifestCheck, named name: DeploymentName? = nil) throws(Problem) {
        if let problem = check.problems.first {
            let count = check.problems.count + check.unlisted
            throw problem.among(count, listedBy: "scorekeeper check -f \(check.file)")
        }
        guard let settings = check.settings, let endpoint = check.endpoint,
            let serving = check.serving
        else { preconditionFailure("a check without problems lacks something: \(check)") }
        switch serving {
        case .model(let model, let path): work = .model(model, path: path)
        case .script(let script): work = .script(script)
        case .program(let path, let arguments, let model):
            work = .program(try ProgramFile(path: path), arguments: arguments, model: model)
        }
        self.key = DeploymentKey(endpoint: endpoint, deployment: name ?? check.deployment)
        self.origin = .deployed(path: check.file)
        self.settings = settings
        self.notices = check.notices.map(\.description)
        self.programLocation = check.programLocation
        self.written = check.written
    }

    /// A program that was named by itself, perhaps with a model.
    private init(
        _ program: DeployRequest.ScorerProgram,
        named name: EndpointName?,
        model: String?
    ) throws(Problem) {
        let file = URL(fileURLWithPath: program.path).lastPathComponent
        let naming = EndpointNaming(folder: file)
        let looked = try ProgramFile(path: program.path)
        guard let endpoint = name ?? naming?.endpoint else {
            throw Problem(
                .invalid,
                code: "noName",
                what: "cannot make an endpoint's name of '\(file)'",
                remedy: "give one with --name"
            )
        }
        work = .program(
            looked,
            arguments: program.arguments,
            model: try model.map { path throws(Problem) in try Self.part(path) }
        )
        key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        origin = .deployed(path: program.path)
        settings = DeploymentSettings()
        notices =
            (endpoint.text == file || name != nil
                ? [] : ["'\(file)' is served as '\(endpoint)'"])
            + ["\(Notice.egressOff("scorer"))"]
    }

    /// What happens to a request whose scorer died, where nobody says: a model has no effects.
    var retryUnlessSaid: RetryPolicy {
        if case .model = work { .once } else { .never }
    }

    /// The libraries that must come along with a program.
    func companions(libraryPath: String) async throws(Problem) -> [LibrarySearch.Companion] {
        guard case .program(let program, _, _) = work else { return [] }
        let paths = [settings.variables["LD_LIBRARY_PATH"] ?? "", libraryPath]
        return try await LibrarySearch.companions(
            of: program,
            libraryPath: paths.filter { !$0.isEmpty }.joined(separator: ":"),
            at: programLocation
        )
    }

    private static func part(_ path: String) throws(Problem) -> ManifestCheck.Part {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Problem(
                .notFound,
                code: "noModel",
                what: "there is nothing at '\(path)'",
                remedy: "name the model's folder or file"
            )
        }
        return ManifestCheck.Part(path: path, isFolder: isFolder.boolValue)
    }

    /// The bound that a manifest has too: each instance is a process or more, started at once.
    private static func legal(_ instances: Int, for key: DeploymentKey) throws(Problem) -> Int {
        let counts = DeploymentSettings.instanceCounts
        guard counts.contains(instances) else {
            throw Problem(
                .invalid,
                code: "instances",
                what: "cannot serve '\(key)' by \(instances) instances",
                remedy: "ask for \(counts.lowerBound) to \(counts.upperBound)"
            )
        }
        return instances
    }
}
