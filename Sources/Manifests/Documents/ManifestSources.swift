// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Looks at what a deployment's document names: the model, the code, the program, the environment.
struct ManifestSources {
    /// The curated environments.
    let environments: EnvironmentCatalogue
    /// Who knows what is registered.
    let assets: any AssetResolver
    /// What was found on the way.
    var findings = Findings()

    /// What scores; nothing where something of it is not there.
    mutating func serving(_ written: DeploymentManifest) -> ManifestCheck.Serving? {
        var manifest = written
        if let reference = manifest.modelReference {
            manifest.model = registered(reference, &manifest)
            if manifest.model == nil, manifest.places["code_configuration"] == nil,
                manifest.places["scorekeeper.scorer"] == nil
            {
                return nil
            }
        }
        if manifest.places["code_configuration"] != nil { return script(manifest) }
        if manifest.places["scorekeeper.scorer"] != nil { return program(manifest) }
        return manifest.model.flatMap { model($0, manifest) }
    }

    /// An MLflow model: everything is in it but the settings.
    private mutating func model(
        _ path: DeploymentManifest.Path,
        _ manifest: DeploymentManifest
    ) -> ManifestCheck.Serving? {
        let kind = ModelKind.recognise(path.path)
        let isModel =
            switch kind {
            case .mlflow, .modelBelow, .archive: true
            case .missing: false
            default: manifest.isMLflow
            }
        guard isModel else {
            let refusal = kind.refusal(of: path.path)
            findings.refuse(
                "modelAlone",
                "'model' leads to '\(path.path)': \(refusal?.what ?? kind.words)",
                kind == .missing
                    ? "correct the path, which is counted from the document's folder"
                    : "say what scores it with 'code_configuration' or 'scorekeeper.scorer'; an "
                        + "MLflow model needs neither",
                at: path.location
            )
            return nil
        }
        let check = ModelCheck(path: path.path, settings: manifest.settings)
        for problem in check.problems { findings.add(problem) }
        // Whether it gets a network is the document's to say, and is told with its place.
        for notice in check.notices where notice.code != "egressOff" { findings.add(notice) }
        return .model(check, path: path.path)
    }

    // MARK: - Scripts and programs

    private mutating func script(_ manifest: DeploymentManifest) -> ManifestCheck.Serving? {
        let part = part(manifest)
        if let code = manifest.code { checkCode(code) }
        guard let (definition, name) = environment(manifest.environment),
            let code = manifest.code
        else { return nil }
        return .script(
            ManifestCheck.Script(
                folder: code.folder.path,
                script: code.script,
                environment: definition,
                environmentName: name,
                model: part
            )
        )
    }

    private mutating func program(_ manifest: DeploymentManifest) -> ManifestCheck.Serving? {
        let part = part(manifest)
        checkNative(manifest.environment)
        guard let program = manifest.program else { return nil }
        do throws(Problem) {
            _ = try ProgramFile(path: program.path.path, at: program.path.location)
        } catch {
            findings.add(error)
        }
        return .program(path: program.path.path, arguments: program.arguments, model: part)
    }

    private mutating func checkCode(_ code: DeploymentManifest.Code) {
        switch Self.kind(of: code.folder.path) {
        case .folder: break
        case .file:
            findings.refuse(
                "codeFolder",
                "'code' is '\(code.folder.written.excerpt)', which is a file",
                "name the folder that it lies in",
                at: code.folder.location
            )
            return
        case .nothing:
            findings.refuse(
                "missingFile",
                "'code' is '\(code.folder.written.excerpt)', and there is no folder "
                    + "'\(code.folder.path)'",
                "correct the path, which is counted from the document's folder",
                at: code.folder.location
            )
            return
        }
        guard ModelDirectory(path: code.folder.path).kind(of: code.script) != .file else { return }
        findings.refuse(
            "missingFile",
            "'scoring_script' is '\(code.script)', and there is no such file in "
                + "'\(code.folder.path)'",
            "name a file inside 'code'",
            at: code.location
        )
    }

    private mutating func environment(
        _ environment: DeploymentManifest.Environment?
    ) -> (EnvironmentDefinition, String?)? {
        switch environment {
        case nil: return nil
        case .defined(let defined): return (defined.definition, nil)
        case .reference(let reference):
            guard let (name, definition) = find(reference) else { return nil }
            guard !definition.isEmpty else {
                findings.refuse(
                    "scriptEnvironment",
                    "the environment '\(name)' holds no Python, which a script needs",
                    "take 'azureml:minimal-python@latest' or one with its packages",
                    at: reference.location
                )
                return nil
            }
            return (definition, name)
        }
    }

    /// A program brings what it needs: only an environment that holds nothing goes with it.
    private mutating func checkNative(_ environment: DeploymentManifest.Environment?) {
        guard case .reference(let reference) = environment,
            let (name, definition) = find(reference), !definition.isEmpty
        else { return }
        findings.refuse(
            "programEnvironment",
            "the environment '\(name)' has packages for Python, and 'scorekeeper.scorer' names "
                + "a program, which brings what it needs",
            "remove it, or write 'azureml:native@latest'",
            at: reference.location
        )
    }

    // MARK: - Models of scripts and programs

    private mutating func part(_ manifest: DeploymentManifest) -> ManifestCheck.Part? {
        guard let path = manifest.model else { return nil }
        let kind = Self.kind(of: path.path)
        guard kind != .nothing else {
            findings.refuse(
                "missingFile",
                "'model' is '\(path.written.excerpt)', and there is nothing at '\(path.path)'",
                "correct the path, which is counted from the document's folder",
                at: path.location
            )
            return nil
        }
        return ManifestCheck.Part(path: path.path, isFolder: kind == .folder)
    }

    private enum FileKind {
        case folder, file, nothing
    }

    private static func kind(of path: String) -> FileKind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .nothing
        }
    }
}

extension ManifestCheck.Part {
    /// What lies at `path`, under its own name; `.` and `..` are called as the folder is.
    public init(path: String, isFolder: Bool) {
        var name = RelativePath.lastComponent(of: path)
        if ["", ".", ".."].contains(name), let resolved = realpath(path, nil) {
            name = RelativePath.lastComponent(of: String(cString: resolved))
            free(resolved)
        }
        self.init(path: path, name: name.isEmpty ? "model" : name, isFolder: isFolder)
    }
}

extension EnvironmentDefinition {
    /// Whether it asks for nothing, not even a Python.
    public var isEmpty: Bool { python == .any && requirements.isEmpty && wheels.isEmpty }
}
