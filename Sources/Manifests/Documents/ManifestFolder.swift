// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// A folder's documents of the four kinds, in the order in which they are to be made.
///
/// Looked at are `*.yml`, `*.yaml` and `*.json` in the folder itself that do not begin with a dot.
/// A file among them that is none of the four kinds is passed over, and told unless a document
/// names it: a request, a conda file. One that claims to be a document of Azure's and is none that
/// is read here is refused, and so is one that cannot be read.
public struct ManifestFolder: Sendable {
    /// One document.
    public struct Entry: Sendable {
        /// Its file's path, as the person named the folder.
        public let file: String
        /// What it says.
        public let manifest: Manifest
    }

    /// The folder.
    public let path: String
    /// What could be read: environments, models, endpoints, deployments; by file within each.
    public private(set) var entries: [Entry] = []
    /// What was found in all of them.
    public private(set) var findings = Findings()

    /// Reads the folder at `path`.
    public init(path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var unread = Findings()
        var documents: [(file: String, bytes: [UInt8])] = []
        let folder = ModelDirectory(path: path)
        for name in FolderNames.visible(in: path) where Self.isDocument(name) {
            do throws(Problem) {
                guard let bytes = try folder.read(name, limit: DeploymentSettingsReader.limit)
                else { continue }
                documents.append((folder.name(of: name), bytes))
            } catch {
                if error.code == "tooLarge" {
                    unread.note(
                        "passedOver",
                        "it is passed over: it is longer than any document",
                        at: error.location
                    )
                } else if error.code != "notAFile" {
                    unread.add(error)
                }
            }
        }
        self.init(documents: documents, in: path, findings: unread)
    }

    /// Reads documents that are at hand: the part that decides.
    ///
    /// Shape: files are named as the person names them; `folder` is what their paths are counted
    /// from.
    init(
        documents: [(file: String, bytes: [UInt8])],
        in folder: String,
        findings: Findings = Findings()
    ) {
        self.path = folder
        self.findings = findings
        var passedOver: [String] = []
        for document in documents {
            var read = Findings()
            let root = DocumentTree.read(document.bytes, file: document.file, into: &read)
            if let root, ManifestReader.kind(of: root) == nil, !Self.isAzures(root) {
                passedOver.append(document.file)
                continue
            }
            let outcome = ManifestReader.read(document.bytes, file: document.file, in: folder)
            self.findings.add(outcome.findings)
            if let manifest = outcome.manifest {
                entries.append(Entry(file: document.file, manifest: manifest))
            }
        }
        entries.sort { ($0.manifest.kind, $0.file) < ($1.manifest.kind, $1.file) }
        notePassedOver(passedOver)
        refuseTwice()
        noteAbsent()
        if entries.isEmpty, self.findings.isClean { self.findings.add(empty) }
    }

    /// The one document that a person named, whatever it is called.
    init(single document: (file: String, bytes: [UInt8])?, in folder: String, findings: Findings) {
        self.path = folder
        self.findings = findings
        guard let document else { return }
        let outcome = ManifestReader.read(document.bytes, file: document.file, in: folder)
        self.findings.add(outcome.findings)
        entries = outcome.manifest.map { [Entry(file: document.file, manifest: $0)] } ?? []
    }

    /// Whether there is a folder at `path`.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func isDocument(_ name: String) -> Bool {
        [".yml", ".yaml", ".json"].contains { name.lowercased().hasSuffix($0) }
    }

    /// Whether it names a schema of Azure ML's.
    private static func isAzures(_ root: YAMLNode) -> Bool {
        root["$schema"]?.text?.lowercased().contains("azureml") ?? false
    }

    private var empty: Problem {
        Problem(
            .notFound,
            code: "noManifests",
            what: "there is no document of an endpoint, a deployment, a model or an environment in "
                + "'\(path)'",
            remedy: "name a folder with such documents, or one of them",
            location: Problem.Location(file: path)
        )
    }

    // MARK: - What only all of them show

    private mutating func notePassedOver(_ files: [String]) {
        let named = Set(entries.compactMap(\.manifest.condaFile?.path))
        for file in files where !named.contains(file) {
            findings.note(
                "passedOver",
                "it is passed over: it is no document of an endpoint, a deployment, a model or an "
                    + "environment",
                at: Problem.Location(file: file)
            )
        }
    }

    private mutating func refuseTwice() {
        var first: [String: String] = [:]
        for entry in entries {
            guard let thing = entry.manifest.thing else { continue }
            guard let other = first[thing.lowercased()] else {
                first[thing.lowercased()] = entry.file
                continue
            }
            findings.add(
                Problem(
                    .conflict,
                    code: "describedTwice",
                    what: "'\(entry.file)' describes \(thing), and so does '\(other)'",
                    remedy: "keep one of them, or give one another name",
                    location: entry.manifest.places["name"] ?? Problem.Location(file: entry.file)
                )
            )
        }
    }

    /// Tells of traffic to deployments that stand in none of the documents: the server may know.
    private mutating func noteAbsent() {
        let deployments = entries.compactMap(\.manifest.deploymentKey)
        for case .endpoint(let endpoint) in entries.map(\.manifest) {
            let own = deployments.filter { $0.endpoint == endpoint.name }
            // More shares than notices are kept is no mistake in a name.
            guard !own.isEmpty, endpoint.traffic.count < Findings.limit else { continue }
            for (list, shares) in [
                ("traffic", endpoint.traffic), ("mirror_traffic", endpoint.mirrorTraffic),
            ] {
                for name in shares.keys.sorted()
                where !own.contains(where: { $0.deployment == name }) {
                    let nearest = NearestWord.of(name.text, among: own.map(\.deployment.text))
                    findings.note(
                        "notInFolder",
                        "'\(list)' names '\(name)', of which there is no document here"
                            + (nearest.map { ": is '\($0)' meant?" } ?? ""),
                        at: endpoint.places["\(list).\(name)"]
                    )
                }
            }
        }
    }
}

extension Manifest {
    /// The conda file that it names.
    var condaFile: ManifestPath? {
        switch self {
        case .environment(let environment): environment.condaFile
        case .deployment(let deployment):
            if case .defined(let defined) = deployment.environment {
                defined.condaFile
            } else {
                nil
            }
        case .model, .endpoint: nil
        }
    }

    /// Where each key stands.
    var places: [String: Problem.Location] {
        switch self {
        case .environment(let environment): environment.places
        case .model(let model): model.places
        case .endpoint(let endpoint): endpoint.places
        case .deployment(let deployment): deployment.places
        }
    }

    /// The deployment's address, where the document says it.
    var deploymentKey: DeploymentKey? {
        guard case .deployment(let deployment) = self,
            let endpoint = deployment.settings.endpoint
        else { return nil }
        return DeploymentKey(
            endpoint: endpoint,
            deployment: deployment.settings.deployment ?? .dropped
        )
    }

    /// What it describes, in words; the same for two documents of one thing.
    var thing: String? {
        func asset(_ word: String, _ name: String?, _ version: String?) -> String? {
            name.map { "the \(word) '\($0)'" + (version.map { " version '\($0)'" } ?? "") }
        }
        switch self {
        case .environment(let found): return asset("environment", found.name, found.version)
        case .model(let found): return asset("model", found.name, found.version)
        case .endpoint(let endpoint): return "the endpoint '\(endpoint.name)'"
        case .deployment: return deploymentKey.map { "the deployment '\($0)'" }
        }
    }
}
