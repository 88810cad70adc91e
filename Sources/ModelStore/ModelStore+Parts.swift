// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

extension ModelStore {
    /// Names that a person's source folder has and no scorer needs.
    public static let unneeded: Set<String> = [".git", "__pycache__"]

    /// Takes the folder of a person's own code, without what tools left in it.
    ///
    /// Errors: as `adopt` of a model.
    public func adopt(code directory: String) throws(Problem) -> StoredModel {
        try adopt(
            try SourceTree(path: directory, skipping: Self.unneeded),
            programs: [],
            layout: .same
        )
    }

    /// Takes what a script or program is given as its model: the copy holds it under `name`.
    ///
    /// Shape: a file stands in the copy by itself, a folder keeps its leaf name, as in Azure.
    /// Errors: as `adopt` of a model.
    public func adopt(files path: String, named name: String) throws(Problem) -> StoredModel {
        guard let resolved = realpath(path, nil) else { throw StoreError.reading(errno, path) }
        defer { free(resolved) }
        let whole = String(cString: resolved)
        var status = stat()
        guard stat(whole, &status) == 0 else { throw StoreError.reading(errno, path) }
        if status.st_mode & S_IFMT == S_IFDIR {
            return try adopt(
                try SourceTree(path: path),
                programs: [],
                layout: .beneath(name)
            )
        }
        let slash = whole.lastIndex(of: "/") ?? whole.startIndex
        let folder = whole[..<slash].isEmpty ? "/" : String(whole[..<slash])
        return try adopt(
            try SourceTree(path: folder, only: String(whole[slash...].dropFirst())),
            programs: [],
            layout: .renamed(name)
        )
    }

    /// What `adopt` of these would refuse, found by looking alone.
    public static func refusal(ofCode directory: String) -> Problem? {
        do throws(Problem) {
            _ = try SourceTree(path: directory, skipping: unneeded).list()
            return nil
        } catch {
            return error
        }
    }
}
