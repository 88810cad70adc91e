// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelStore
import Vocabulary

extension ModelStore {
    /// Takes one program into the store, as a folder that holds nothing else.
    ///
    /// Errors: `cannotCopy`; whatever taking the folder says.
    func adopt(program path: String, named name: String) throws(Problem) -> StoredModel {
        let files = FileManager.default
        let folder = files.temporaryDirectory.path + "/scorekeeper-" + UUID().uuidString
        defer { try? files.removeItem(atPath: folder) }
        do {
            try files.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            try files.copyItem(atPath: path, toPath: "\(folder)/\(name)")
        } catch {
            throw Problem(
                .failed,
                code: "cannotCopy",
                what: "cannot copy '\(path)': \(error.localizedDescription)",
                remedy: "let this user read it, and see that there is room for it"
            )
        }
        return try adopt(folder, programs: [name])
    }
}
