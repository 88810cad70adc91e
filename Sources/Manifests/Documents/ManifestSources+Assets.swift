// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What references stand for.
extension ManifestSources {
    /// The folder or file of a registered model.
    mutating func registered(
        _ reference: AssetReference,
        _ manifest: inout DeploymentManifest
    ) -> ManifestPath? {
        switch assets.model(reference) {
        case .found(let model):
            let path = ManifestPath(
                written: reference.description,
                path: model.path,
                location: reference.location
            )
            manifest.inlineModel = ModelManifest(path: path, format: model.format)
            return path
        case .untold:
            noteUntold(reference)
            return nil
        case .missing:
            findings.add(
                Problem(
                    .notFound,
                    code: "unknownModel",
                    what: "there is no registered model '\(reference)'",
                    remedy: "register it first, or write its path, counted from the document's "
                        + "folder",
                    location: reference.location
                )
            )
            return nil
        }
    }

    /// What a registered or curated environment is called, and has installed.
    mutating func find(_ reference: AssetReference) -> (name: String, EnvironmentDefinition)? {
        guard reference.registry == nil else { return curated(reference) }
        switch assets.environment(reference) {
        case .found(let definition): return (reference.description, definition)
        case .missing: return curated(reference)
        case .untold:
            // A name that is nearly a curated one is taken for a slip.
            let names = environments.entries.map(\.name)
            if NearestWord.of(reference.name, among: names) != nil { return curated(reference) }
            noteUntold(reference)
            return nil
        }
    }

    private mutating func noteUntold(_ reference: AssetReference) {
        findings.note(
            "notLookedUp",
            "whether '\(reference)' is registered, the server knows: it is looked up there",
            at: reference.location
        )
    }

    // MARK: - Curated environments

    private mutating func curated(
        _ reference: AssetReference
    ) -> (name: String, EnvironmentDefinition)? {
        let name = EnvironmentName(name: ourName(of: reference), version: reference.version)
        do throws(Problem) {
            let entry = try environments.find(
                name,
                at: reference.location,
                registered: assets.environments
            )
            if reference.registry != nil {
                findings.note(
                    "curatedInstead",
                    "'\(reference.name)' of Azure's registry stands for '\(entry.reference)', which "
                        + "comes along here: its packages may be of other versions",
                    at: reference.location
                )
            }
            let reading = environments.definition(of: entry)
            findings.add(reading.findings)
            return reading.value.map { (entry.reference.description, $0) }
        } catch {
            findings.add(error)
            return nil
        }
    }

    /// Azure writes a package's version into the name, as `sklearn-1.5`; ours stands beside it.
    private func ourName(of reference: AssetReference) -> String {
        let name = reference.name
        let isOurs = environments.entries.contains { $0.name == name }
        guard reference.registry != nil, !isOurs, let hyphen = name.lastIndex(of: "-"),
            name[name.index(after: hyphen)...].utf8.allSatisfy({ $0.isASCIIDigit || $0 == 0x2E })
        else { return name }
        let bare = String(name[..<hyphen])
        return environments.entries.contains { $0.name == bare } ? bare : name
    }
}
