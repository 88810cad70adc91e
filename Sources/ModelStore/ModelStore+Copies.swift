// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

extension ModelStore {
    /// Takes the copy that another store holds at `directory`: what is a program there is one here.
    ///
    /// Errors: those of `adopt`; `copyDamaged` where it is not what its digest says.
    public func adopt(
        copyAt directory: String,
        of digest: Digest
    ) throws(Problem) -> StoredModel {
        if let stored = stored(digest) { return stored }
        let source = try SourceTree(path: directory)
        let programs = try source.list().filter { entry in
            !entry.isDirectory && access("\(directory)/\(entry.path)", X_OK) == 0
        }
        let adopted = try adopt(source, programs: Set(programs.map(\.path)), layout: .same)
        guard adopted.digest == digest else {
            throw Problem(
                .failed,
                code: "copyDamaged",
                what: "'\(directory)' is not what its name says: it was changed",
                remedy: "take another backup, or deploy again what it was copied from"
            )
        }
        return adopted
    }
}
