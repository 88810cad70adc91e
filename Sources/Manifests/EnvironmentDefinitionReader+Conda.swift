// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a script needs: a conda file, or the same written into a deployment's document.
///
/// Nothing else is looked for, and nothing has a date: what is left open is resolved as of the day
/// it is built first.
extension EnvironmentDefinitionReader {
    /// Reads the conda file of this name in `folder`.
    ///
    /// Shape: `location` is where somebody names the file.
    static func read(
        condaFile name: String,
        in folder: any ModelFolder,
        askedAt location: Problem.Location
    ) -> Reading<EnvironmentDefinition> {
        var reader = EnvironmentDefinitionReader(folder: folder)
        guard folder.kind(of: name) != nil else {
            reader.findings.refuse(
                "missingFile",
                "there is no conda file at '\(folder.name(of: name))'",
                "write its path, counted from the document's folder",
                at: location
            )
            return Reading(nil, reader.findings)
        }
        let root = reader.document(name)
        let definition = root.map { reader.definition(conda: $0) }
        return Reading(definition, reader.findings)
    }

    /// Reads what a document holds in the place of a conda file's name.
    ///
    /// Shape: `folder` is the document's: files that a line names are looked for there.
    static func read(
        conda root: YAMLNode,
        in folder: any ModelFolder
    ) -> Reading<EnvironmentDefinition> {
        var reader = EnvironmentDefinitionReader(folder: folder)
        reader.sources = [RelativePath.lastComponent(of: root.location.file)]
        let definition = reader.definition(conda: root)
        return Reading(definition, reader.findings)
    }

    private mutating func definition(conda root: YAMLNode) -> EnvironmentDefinition {
        if root["dependencies"] == nil {
            findings.refuse(
                "missingKey",
                "a conda file has no 'dependencies'",
                "write a list; '[]' where nothing is needed",
                at: root.location
            )
        }
        readConda(root, withPip: true)
        findings.add(reader.findings)
        for wheel in reader.wheels {
            findings.refuse(
                "wheelPath",
                "'\(wheel.path)' is a wheel beside the document, and those are installed for models "
                    + "alone",
                "offer it to the server by UV_FIND_LINKS and name the package",
                at: wheel.location
            )
        }
        let requirements = reader.requirements + extra
        if python == nil, !requirements.isEmpty {
            findings.note(
                "anyPython",
                "the environment does not say which Python it needs: any will be taken",
                at: root.location
            )
        }
        return EnvironmentDefinition(
            python: python ?? .any,
            pythonLocation: pythonLocation,
            buildRequirements: build,
            requirements: requirements,
            constraints: reader.constraints + knownConflicts(requirements),
            sources: sources + reader.sources
        )
    }
}
