// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension ManifestReader {
    /// Reads the document of one kind at `path`, with what a command line writes over it.
    ///
    /// Shape: without a path the command line stands alone.
    /// Errors: the first problem, which tells how many there are besides.
    public static func read(
        path: String?,
        as kind: ManifestKind,
        setting overrides: [ManifestOverride]
    ) throws(Problem) -> (manifest: Manifest, notices: [Notice]) {
        var findings = Findings()
        let file = DocumentFile(path ?? "the command line")
        let bytes = path == nil ? Array("{}".utf8) : file.read(into: &findings)
        if let bytes {
            let outcome = read(
                bytes,
                file: file.path,
                in: file.folder,
                as: kind,
                setting: overrides
            )
            findings.add(outcome.findings)
            if let manifest = outcome.manifest, findings.isClean {
                return (manifest, findings.notices)
            }
        }
        guard let problem = findings.problems.first else {
            preconditionFailure("'\(file.path)' has no problem and was not read")
        }
        throw problem.among(
            findings.problems.count + findings.uncounted,
            listedBy: "scorekeeper check -f \(file.path)"
        )
    }
}

extension Problem {
    /// The same problem, telling that it is not alone.
    public func among(_ count: Int, listedBy command: String) -> Problem {
        guard count > 1 else { return self }
        return Problem(
            kind,
            code: code,
            what: what,
            remedy: (remedy.isEmpty ? "" : remedy + "; ") + "'\(command)' lists \(count - 1) more",
            location: location
        )
    }
}
