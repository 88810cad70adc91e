// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension ManifestReader {
    /// Reads a document that was kept, with what a command line writes over it.
    ///
    /// Shape: `file` is what its problems name.
    static func read(
        _ written: WrittenDocument,
        file: String,
        as kind: ManifestKind,
        setting overrides: [ManifestOverride]
    ) -> Outcome {
        var findings = Findings()
        let root = ManifestOverride.apply(overrides, to: written.tree(from: file), into: &findings)
        let manifest = read(root, as: kind, in: written.folder, into: &findings)
        return Outcome(
            kind: kind,
            manifest: manifest,
            written: WrittenDocument(root, in: written.folder),
            findings: findings
        )
    }

    /// Reads what is declared of an endpoint, with what a command line writes over it.
    ///
    /// Shape: notices are those of what is written over it: the rest was told already.
    /// Errors: the first problem.
    public static func endpoint(
        _ written: WrittenDocument,
        setting overrides: [ManifestOverride]
    ) throws(Problem) -> (manifest: EndpointManifest, notices: [Notice]) {
        let outcome = read(written, file: "", as: .endpoint, setting: overrides)
        if let problem = outcome.findings.problems.first { throw problem }
        guard case .endpoint(let manifest) = outcome.manifest else {
            preconditionFailure("what is declared of an endpoint was not read: \(written)")
        }
        let places = Set(overrides.map(\.place))
        let told = outcome.findings.notices.filter { notice in
            notice.location.map { places.contains($0.file) } ?? false
        }
        return (manifest, told)
    }

    /// Reads how a deployment is served of a document that was kept, with what a command line
    /// writes over it; what it is made of is not looked at.
    ///
    /// Errors: the first problem.
    public static func settings(
        _ written: WrittenDocument,
        file: String,
        setting overrides: [ManifestOverride]
    ) throws(Problem) -> (settings: DeploymentSettings, written: WrittenDocument) {
        let unread = ManifestOverride.leavingPackages(of: written)
        let outcome = read(written, file: file, as: .deployment, setting: unread + overrides)
        if let problem = outcome.findings.problems.first { throw problem }
        guard case .deployment(let manifest) = outcome.manifest else {
            preconditionFailure("what is declared of a deployment was not read: \(written)")
        }
        var findings = Findings()
        let root = ManifestOverride.apply(overrides, to: written.tree(from: file), into: &findings)
        return (manifest.settings, WrittenDocument(root, in: written.folder))
    }
}

extension ManifestOverride {
    /// The key of what a deployment is made of that it changes; nothing where it changes how that is
    /// served.
    public var source: String? {
        let program = "scorekeeper.scorer"
        return switch path.first {
        case "model", "code_configuration", "environment": path.first
        case "properties": path.count < 2 || path[1] == program ? program : nil
        default: nil
        }
    }

    /// What keeps the packages of an environment that the document describes from being read.
    fileprivate static func leavingPackages(of written: WrittenDocument) -> [ManifestOverride] {
        guard written.describesEnvironment else { return [] }
        return [
            ManifestOverride(
                path: ["environment"],
                value: "azureml:unread@latest",
                place: "environment"
            )
        ]
    }
}
