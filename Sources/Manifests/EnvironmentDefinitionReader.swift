// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads what a model needs from the environment files beside it.
///
/// Which file counts is MLflow's rule for its default environment manager: the file that the
/// flavor's `env` names for `virtualenv` (else `python_env.yaml`); without it the one named for
/// conda (else `conda.yaml`), whose pip list yields to `requirements.txt` where there is one; else
/// `requirements.txt` alone, with the Python of the flavor's `python_version`. Unlike MLflow, no
/// conda package is dropped: it is found on PyPI by a checked table, or refused by name.
///
/// Source: mlflow/utils/virtualenv.py (`_get_python_env`), mlflow/utils/environment.py.
public struct EnvironmentDefinitionReader {
    private static let buildPackages: Set<String> = ["pip", "setuptools", "wheel"]

    let folder: any ModelFolder
    var findings = Findings()
    var python: PythonRequirement?
    var pythonLocation: Problem.Location?
    var build: [EnvironmentDefinition.Requirement] = []
    var extra: [EnvironmentDefinition.Requirement] = []
    var sources: [String] = []
    var reader: RequirementsReader

    init(folder: any ModelFolder) {
        self.folder = folder
        self.reader = RequirementsReader(folder: folder)
    }

    /// Reads the environment of `model`, whose directory is `folder`.
    public static func read(
        folder: any ModelFolder,
        model: ModelDescription
    ) -> Reading<EnvironmentDefinition> {
        var reader = EnvironmentDefinitionReader(folder: folder)
        let definition = reader.definition(of: model)
        return Reading(definition, reader.findings)
    }

    private mutating func definition(of model: ModelDescription) -> EnvironmentDefinition? {
        let pythonFile = model.environmentFiles.virtualenv ?? "python_env.yaml"
        let condaFile = model.environmentFiles.conda ?? "conda.yaml"
        let requirementsFile = "requirements.txt"
        let start = Problem.Location(file: folder.name(of: ModelDescriptionReader.fileName))
        if folder.kind(of: pythonFile) != nil {
            readPythonFile(pythonFile)
        } else if folder.kind(of: condaFile) != nil {
            readCondaFile(condaFile, withPip: folder.kind(of: requirementsFile) == nil)
            if folder.kind(of: requirementsFile) != nil {
                reader.readFile(requirementsFile, askedAt: start)
            }
        } else if folder.kind(of: requirementsFile) != nil {
            reader.readFile(requirementsFile, askedAt: start)
        } else {
            findings.refuse(
                "noEnvironment",
                "the model says nowhere what it needs: '\(pythonFile)', '\(condaFile)' and "
                    + "'\(requirementsFile)' are missing",
                "write its packages into '\(requirementsFile)'",
                at: start
            )
        }
        findings.add(reader.findings)
        let requirements = reader.requirements + extra
        if findings.isClean { noteWithoutMLflow(requirements) }
        return EnvironmentDefinition(
            python: python ?? pythonOfFlavor(model),
            pythonLocation: pythonLocation,
            buildRequirements: build,
            requirements: requirements,
            constraints: reader.constraints + knownConflicts(requirements),
            wheels: reader.wheels,
            asOf: model.monthAfterSaving,
            sources: sources + reader.sources
        )
    }

    private mutating func pythonOfFlavor(_ model: ModelDescription) -> PythonRequirement {
        if let version = model.pythonVersion {
            pythonLocation = Problem.Location(
                file: folder.name(of: ModelDescriptionReader.fileName)
            )
            return PythonRequirement([.init(.prefix, version)])
        }
        findings.note(
            "anyPython",
            "the model does not say which Python it needs: any will be taken",
            at: nil
        )
        return .any
    }

    /// Constraints that pinned packages need and do not ask for themselves.
    mutating func knownConflicts(
        _ requirements: [EnvironmentDefinition.Requirement]
    ) -> [EnvironmentDefinition.Requirement] {
        let chosen = (requirements + reader.constraints).filter { $0.text != $0.name }
        let conflicts = KnownConflicts.among(requirements, named: Set(chosen.map(\.name)))
        for conflict in conflicts {
            findings.note(
                "knownConflict",
                "'\(conflict.requirement.text)' is taken, which '\(conflict.cause.text)' needs and "
                    + "does not ask for",
                at: conflict.cause.location
            )
        }
        return conflicts.map(\.requirement)
    }

    private mutating func noteWithoutMLflow(_ requirements: [EnvironmentDefinition.Requirement]) {
        guard !requirements.contains(where: { $0.name.hasPrefix("mlflow") }),
            !reader.wheels.contains(where: { $0.name.hasPrefix("mlflow") })
        else { return }
        findings.note(
            "noMLflow",
            "no line asks for 'mlflow' or 'mlflow-skinny', which loads the model",
            at: nil
        )
    }

    /// Opens a YAML file and checks that it is a mapping.
    mutating func document(_ file: String) -> YAMLNode? {
        sources.append(file)
        let name = folder.name(of: file)
        let bytes: [UInt8]?
        do throws(Problem) {
            bytes = try folder.read(file, limit: YAMLReader.Limits().bytes)
        } catch {
            findings.add(error)
            return nil
        }
        guard let root = YAMLReader.read(bytes ?? [], file: name, into: &findings) else {
            return nil
        }
        guard root.entries != nil else {
            findings.refuse(
                "notAMapping",
                "'\(file)' holds \(root.kind), not keys and values",
                "write 'dependencies:' and a list",
                at: root.location
            )
            return nil
        }
        return root
    }

    // MARK: python_env.yaml

    private mutating func readPythonFile(_ file: String) {
        guard let root = document(file) else { return }
        if let node = root["python"], !node.isNull {
            pythonLocation = node.location
            if let version = node.text.flatMap({ PythonVersion($0) }) {
                python = PythonRequirement([.init(.prefix, version)])
            } else {
                findings.refuse(
                    "pythonVersion",
                    "'python' is \(node.kind)",
                    "write a version as '3.11' or '3.11.7'",
                    at: node.location
                )
            }
        }
        build += lines(root["build_dependencies"], "build_dependencies")
        for node in elements(root["dependencies"], "dependencies") {
            guard let text = node.text else {
                refuseLine(node)
                continue
            }
            reader.readLine(text, at: node.location)
        }
    }

    /// A list of requirements that include no other file.
    private mutating func lines(
        _ node: YAMLNode?,
        _ key: String
    ) -> [EnvironmentDefinition.Requirement] {
        var lines = RequirementsReader(folder: folder)
        for element in elements(node, key) {
            guard let text = element.text else {
                refuseLine(element)
                continue
            }
            lines.readLine(text, at: element.location)
        }
        findings.add(lines.findings)
        return lines.requirements
    }

    private mutating func elements(_ node: YAMLNode?, _ key: String) -> [YAMLNode] {
        guard let node, !node.isNull else { return [] }
        guard let elements = node.elements else {
            findings.refuse(
                "notAList",
                "'\(key)' is \(node.kind)",
                "write a list",
                at: node.location
            )
            return []
        }
        return elements
    }

    private mutating func refuseLine(_ node: YAMLNode) {
        findings.refuse(
            "requirement",
            "a requirement is \(node.kind)",
            "write it as 'name==version'",
            at: node.location
        )
    }

    // MARK: conda.yaml

    private mutating func readCondaFile(_ file: String, withPip: Bool) {
        guard let root = document(file) else { return }
        readConda(root, withPip: withPip)
    }

    mutating func readConda(_ root: YAMLNode, withPip: Bool) {
        for entry in root.entries ?? [] {
            switch entry.key {
            case "name", "channels", "dependencies", "prefix": continue
            default:
                findings.note(
                    "condaKey",
                    "'\(entry.key.excerpt)' of a conda file is not used",
                    at: entry.location
                )
            }
        }
        for node in elements(root["dependencies"], "dependencies") {
            if let pip = node["pip"], node.entries?.count == 1 {
                for line in elements(pip, "pip") where withPip {
                    guard let text = line.text else {
                        refuseLine(line)
                        continue
                    }
                    reader.readLine(text, at: line.location)
                }
            } else if let text = node.text {
                readCondaLine(text, at: node.location)
            } else {
                findings.refuse(
                    "condaDependency",
                    "a dependency is \(node.kind)",
                    "write 'name=version', or 'pip:' and a list",
                    at: node.location
                )
            }
        }
    }

    private mutating func readCondaLine(_ line: String, at location: Problem.Location) {
        let specification: CondaSpecification
        do throws(CondaSpecification.Fault) {
            specification = try CondaSpecification(line)
        } catch {
            findings.refuse(
                "condaDependency",
                "cannot read the dependency '\(line.excerpt)': \(error.reason)",
                "write it as 'name=version'",
                at: location
            )
            return
        }
        if specification.name == "python" {
            readCondaPython(specification, at: location)
        } else if Self.buildPackages.contains(specification.name) {
            add(specification, as: specification.name, to: \.build, at: location)
        } else if let name = CondaPackages.packageIndexName(of: specification.name) {
            add(specification, as: name, to: \.extra, at: location)
            findings.note(
                "condaPackage",
                "conda's '\(specification.name)' is taken from PyPI as '\(name)'",
                at: location
            )
        } else {
            findings.refuse(
                "condaPackage",
                "'\(specification.name)' is a package of conda, and none on PyPI, where uv takes "
                    + "packages from, is known to be the same",
                CondaPackages.isLibrary(specification.name)
                    ? "remove it: packages of PyPI bring the libraries that they need"
                    : "name the Python package under 'pip:', or remove it",
                at: location
            )
        }
    }

    private mutating func readCondaPython(
        _ specification: CondaSpecification,
        at location: Problem.Location
    ) {
        guard python == nil else {
            findings.refuse(
                "duplicatePython",
                "'python' is asked for again",
                "keep one of the lines",
                at: location
            )
            return
        }
        var clauses: [PythonRequirement.Clause] = []
        for clause in specification.clauses {
            guard let version = PythonVersion(clause.version) else {
                findings.refuse(
                    "pythonVersion",
                    "'\(clause.version.excerpt)' is no version of Python that can be chosen",
                    "write it as '3.11' or '3.11.7'",
                    at: location
                )
                return
            }
            clauses.append(.init(clause.relation, version))
        }
        python = PythonRequirement(clauses)
        pythonLocation = location
    }

    private mutating func add(
        _ specification: CondaSpecification,
        as name: String,
        to list: WritableKeyPath<Self, [EnvironmentDefinition.Requirement]>,
        at location: Problem.Location
    ) {
        var lines = RequirementsReader(folder: folder)
        lines.readLine(name + specification.specifiers, at: location)
        findings.add(lines.findings)
        self[keyPath: list] += lines.requirements
    }
}
