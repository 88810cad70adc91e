// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelStore
import Vocabulary

extension ModelStore {
    /// The folder in a program's copy that holds the libraries which came along.
    static func libraries(of program: String) -> String { "\(program).libraries" }

    /// Takes one program into the store, with the libraries that must come along and nothing else.
    ///
    /// Errors: `cannotCopy`; whatever taking the folder says.
    func adopt(
        program path: String,
        named name: String,
        with companions: [LibrarySearch.Companion] = []
    ) throws(Problem) -> StoredModel {
        let files = FileManager.default
        let folder = files.temporaryDirectory.path + "/scorekeeper-" + UUID().uuidString
        defer { try? files.removeItem(atPath: folder) }
        try make(folder)
        try copy(path, to: "\(folder)/\(name)")
        let libraries = "\(folder)/\(Self.libraries(of: name))"
        if !companions.isEmpty { try make(libraries) }
        for companion in companions {
            try copy(companion.path, to: "\(libraries)/\(companion.name)")
        }
        return try adopt(folder, programs: [name])
    }

    private func make(_ folder: String) throws(Problem) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Self.cannotCopy(folder, error)
        }
    }

    private func copy(_ path: String, to target: String) throws(Problem) {
        // Links lead out of the copy: what they lead to is what runs.
        let source = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        do {
            try FileManager.default.copyItem(atPath: source, toPath: target)
        } catch {
            throw Self.cannotCopy(path, error)
        }
    }

    private static func cannotCopy(_ path: String, _ error: any Error) -> Problem {
        Problem(
            .failed,
            code: "cannotCopy",
            what: "cannot copy '\(path)': \(error.localizedDescription)",
            remedy: "let this user read it, and see that there is room for it"
        )
    }
}
