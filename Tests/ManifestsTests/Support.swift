// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

@testable import Manifests

/// A folder made of texts.
struct TextFolder: ModelFolder {
    var path = "m"
    var files: [String: String]

    func kind(of relative: String) -> ModelEntryKind? {
        if files[relative] != nil { return .file }
        return files.keys.contains { $0.hasPrefix(relative + "/") } ? .directory : nil
    }

    func read(_ relative: String, limit: Int) throws(Problem) -> [UInt8]? {
        files[relative].map { Array($0.utf8) }
    }
}

/// A model that real MLflow saved: its texts without its weights.
func savedModel(_ name: String) throws -> TextFolder {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/\(name)")
    var files: [String: String] = [:]
    for file in ["MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt"] {
        files[file] = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }
    return TextFolder(files: files)
}

/// Where and why, as `code line:column`.
func places(_ findings: Findings) -> [String] { places(findings.problems) }

/// Where and why, as `code line:column`.
func places(_ problems: [Problem]) -> [String] {
    problems.map { "\($0.code) \($0.location?.line ?? 0):\($0.location?.column ?? 0)" }
}
