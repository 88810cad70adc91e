// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Everything there is to say about a model before anything is started.
///
/// Reads and never writes. Whatever can be told is told: a wrong signature does not hide a wrong
/// environment.
public struct ModelCheck: Codable, Sendable {
    /// The path as the person named it.
    public let path: String
    /// What stands there.
    public let kind: ModelKind
    /// The endpoint's name it would get; nothing when none can be made.
    public let endpoint: EndpointName?
    /// What `MLmodel` says, where it can be read.
    public let model: ModelDescription?
    /// What the model's example is, in words; nothing where there is none or it cannot be read.
    public let example: String?
    /// What the model needs, where it can be read.
    public let environment: EnvironmentDefinition?
    /// The document beside the model, when there is one.
    public let settingsFile: String?
    /// How it is to be deployed, where that can be read; the defaults without a document.
    public let settings: DeploymentSettings?
    /// What refuses it.
    public private(set) var problems: [Problem]
    /// What a person should know besides.
    public private(set) var notices: [Notice]
    /// Problems beyond those that are listed.
    public let unlisted: Int

    /// Whether the model would be deployed.
    public var isServable: Bool { problems.isEmpty }

    /// The same, refused for one more problem.
    public func refusing(_ problem: Problem) -> ModelCheck {
        var check = self
        check.problems.append(problem)
        return check
    }

    /// The same with one more notice.
    public func noting(_ notice: Notice) -> ModelCheck {
        var check = self
        check.notices.append(notice)
        return check
    }

    /// Checks the model at `path`, in a folder or an archive, and the document `NAME.yml` beside it.
    ///
    /// Shape: `endpoint` is the name that a person gave, whatever the folder is called. Where
    /// `settings` are given, they and the endpoint come from elsewhere: no document beside counts.
    public init(
        path: String,
        endpoint: EndpointName? = nil,
        settings given: DeploymentSettings? = nil
    ) {
        let kind = ModelKind.recognise(path)
        let whole = Self.absolute(path)
        let name = EndpointNaming.stem(of: Self.name(of: path, whole: whole))
        let folder: any ModelFolder
        do throws(Problem) {
            folder = try Self.folder(of: kind, at: path)
        } catch {
            self.init(refused: kind, path: path, name: name, problem: error)
            return
        }
        let beside = ModelDirectory(path: Self.parent(of: path, whole: whole))
        var findings = Findings()
        var document: [UInt8]?
        do throws(Problem) {
            if given == nil {
                document = try beside.read("\(name).yml", limit: DeploymentSettingsReader.limit)
            }
        } catch {
            findings.add(error)
        }
        self.init(
            folder: folder,
            kind: kind,
            name: name,
            settings: document.map { ($0, beside.name(of: "\(name).yml")) },
            endpoint: endpoint,
            given: given,
            findings: findings
        )
    }

    /// The folder that the model lies in; an archive is read through.
    private static func folder(
        of kind: ModelKind,
        at path: String
    ) throws(Problem) -> any ModelFolder {
        if let refusal = kind.refusal(of: path) { throw refusal }
        switch kind {
        case .modelBelow(let below):
            return InnerFolder(outer: ModelDirectory(path: path), inner: below)
        case .archive:
            let archive = try ArchiveFolder(path: path)
            switch ModelSearch.among(archive.files) {
            case .here: return archive
            case .below(let below): return InnerFolder(outer: archive, inner: below)
            case .several(let all): throw ModelKind.several(all, in: path)
            case .nowhere: throw .noModel(inArchive: path)
            }
        default:
            return ModelDirectory(path: path)
        }
    }

    /// Checks a model whose files and document are at hand: the part that decides.
    ///
    /// Shape: `name` is the folder's name; `settings` are the bytes of the document beside it and
    /// its file's name.
    public init(
        folder: any ModelFolder,
        kind: ModelKind = .mlflow,
        name: String,
        settings: (bytes: [UInt8], file: String)?,
        endpoint named: EndpointName? = nil,
        given: DeploymentSettings? = nil,
        findings: Findings = Findings()
    ) {
        var findings = findings
        let naming =
            named == nil && given == nil
            ? Self.naming(name, path: folder.path, into: &findings) : EndpointNaming(folder: name)
        let model = Self.model(folder, into: &findings)
        let environment = model.flatMap { model -> EnvironmentDefinition? in
            let reading = EnvironmentDefinitionReader.read(folder: folder, model: model)
            findings.add(reading.findings)
            return reading.value
        }
        var read = DeploymentSettings?.some(given ?? DeploymentSettings())
        if let settings {
            let reading = DeploymentSettingsReader.read(
                settings.bytes,
                file: settings.file,
                endpoint: naming?.endpoint,
                folderName: name
            )
            findings.add(reading.findings)
            read = reading.value
        } else if findings.problems.isEmpty {
            findings.add(Notice.egressOff("model"))
        }
        if let model, let read { Self.noteVariables(model, read, into: &findings) }
        let example = model.flatMap { ExampleCheck(of: $0, in: folder) }
        if let notice = example?.notice { findings.add(notice) }
        self.example = example?.words
        self.path = folder.path
        self.kind = kind
        self.endpoint = named ?? naming?.endpoint
        self.model = model
        self.environment = environment
        self.settingsFile = settings?.file
        self.settings = read
        self.problems = findings.problems
        self.notices = findings.notices
        self.unlisted = findings.uncounted
    }

    private init(refused kind: ModelKind, path: String, name: String, problem: Problem) {
        self.path = path
        self.kind = kind
        self.endpoint = EndpointNaming(folder: name)?.endpoint
        self.model = nil
        self.example = nil
        self.environment = nil
        self.settingsFile = nil
        self.settings = nil
        self.problems = [problem]
        self.notices = []
        self.unlisted = 0
    }

    private static func naming(
        _ name: String,
        path: String,
        into findings: inout Findings
    ) -> EndpointNaming? {
        let location = Problem.Location(file: path)
        let (names, problems) = EndpointNaming.names(of: [name])
        for refused in problems { findings.add(refused.problem.at(location)) }
        guard let naming = names.first else { return nil }
        if naming.isChanged {
            findings.note(
                "endpointRenamed",
                "the endpoint will be called '\(naming.endpoint)': '\(name.excerpt)' breaks the "
                    + "rule for names",
                at: location
            )
        }
        return naming
    }

    private static func model(
        _ folder: any ModelFolder,
        into findings: inout Findings
    ) -> ModelDescription? {
        let file = ModelDescriptionReader.fileName
        let bytes: [UInt8]?
        do throws(Problem) {
            bytes = try folder.read(file, limit: YAMLReader.Limits().bytes)
        } catch {
            findings.add(error)
            return nil
        }
        let reading = ModelDescriptionReader.read(bytes ?? [], file: folder.name(of: file))
        findings.add(reading.findings)
        guard let model = reading.value else { return nil }
        for problem in missingFiles(of: model, in: folder) { findings.add(problem) }
        return model
    }

    /// A problem for each file that `MLmodel` names and that is not there.
    public static func missingFiles(
        of model: ModelDescription,
        in folder: any ModelFolder
    ) -> [Problem] {
        model.requiredFiles.compactMap { required in
            switch folder.kind(of: required.path) {
            case .file, .directory: nil
            case .other:
                Problem(
                    .invalid,
                    code: "pathEscapes",
                    what: "'\(required.path)' is no file of the model: a link that leads out or "
                        + "nowhere, or a device",
                    remedy: "copy the file into the model's directory",
                    location: required.location
                )
            case nil:
                Problem(
                    .invalid,
                    code: "missingFile",
                    what: "'\(required.path)' is named here and is not there",
                    remedy: "copy it into the model's directory",
                    location: required.location
                )
            }
        }
    }

    private static func noteVariables(
        _ model: ModelDescription,
        _ settings: DeploymentSettings,
        into findings: inout Findings
    ) {
        for name in model.variableNames where settings.variables[name] == nil {
            findings.note(
                "variableUnset",
                "the model wants the environment variable '\(name.excerpt)': write it under "
                    + "'environment_variables' of the document beside the model",
                at: nil
            )
        }
    }

    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What the path calls it: a link's own name, and the folder's only where `.` or `..` is all
    /// that is said.
    private static func name(of path: String, whole: String) -> String {
        let last = RelativePath.lastComponent(of: path)
        return ["", ".", ".."].contains(last) ? RelativePath.lastComponent(of: whole) : last
    }

    /// The folder beside, in the person's words where they name it.
    private static func parent(of path: String, whole: String) -> String {
        let isPlain = !path.split(separator: "/").contains { $0 == "." || $0 == ".." }
        let words = isPlain ? path : whole
        let components = words.split(separator: "/")
        let parent = components.dropLast().joined(separator: "/")
        if words.hasPrefix("/") { return "/" + parent }
        return parent.isEmpty ? "." : parent
    }
}
