// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A document on disk.
struct DocumentFile {
    /// Its path, as the person named it.
    let path: String

    /// Names the file at `path`.
    init(_ path: String) { self.path = path }

    /// The folder that it lies in: what its paths are counted from.
    var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Its bytes; nothing, with the problem, where they cannot be read.
    func read(into findings: inout Findings) -> [UInt8]? {
        do throws(Problem) {
            let bytes = try ModelDirectory(path: folder)
                .read(RelativePath.lastComponent(of: path), limit: DeploymentSettingsReader.limit)
            if bytes == nil { findings.add(missing) }
            return bytes
        } catch {
            findings.add(error)
            return nil
        }
    }

    private var missing: Problem {
        Problem(
            .notFound,
            code: "noManifest",
            what: "there is no file '\(path)'",
            remedy: "name a document, or a folder of them",
            location: Problem.Location(file: path)
        )
    }
}
