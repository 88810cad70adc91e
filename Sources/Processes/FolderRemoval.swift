// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// Removes a folder that a stranger has filled: to any depth, with names of any length, following no
/// link.
///
/// A path could not name what is deep enough, and a descriptor for each level would run out: what
/// lies in an inner folder is moved to the top before that folder is removed.
struct FolderRemoval {
    private let top: Descriptor
    private var moved = 0

    /// Removes the folder at `path` and all in it; answers whether it is gone.
    static func remove(_ path: String) -> Bool {
        let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { return unlink(path) == 0 || errno == ENOENT }
        var removal = FolderRemoval(top: Descriptor(owning: number))
        while removal.removeEntries() {}
        return rmdir(path) == 0
    }

    private init(top: Descriptor) {
        self.top = top
    }

    /// Removes what lies at the top once; answers whether there was something that could be removed.
    private mutating func removeEntries() -> Bool {
        var isSmaller = false
        for name in Self.names(in: top) {
            if unlinkat(top.number, name, 0) == 0 {
                isSmaller = true
                continue
            }
            Self.unlock(name, in: top)
            lift(name)
            if unlinkat(top.number, name, AT_REMOVEDIR) == 0 { isSmaller = true }
        }
        return isSmaller
    }

    /// Removes the files of an inner folder and moves its folders to the top.
    private mutating func lift(_ name: String) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let number = openat(top.number, name, flags)
        guard number >= 0 else { return }
        let inner = Descriptor(owning: number)
        for entry in Self.names(in: inner) where unlinkat(inner.number, entry, 0) != 0 {
            Self.unlock(entry, in: inner)
            moved += 1
            _ = renameat(inner.number, entry, top.number, ".lifted-\(moved)-\(getpid())")
        }
    }

    /// Makes a folder ours to empty.
    ///
    /// Root needs no leave, and must change nothing by a name.
    private static func unlock(_ name: String, in folder: Descriptor) {
        if geteuid() != 0 { _ = fchmodat(folder.number, name, 0o700, 0) }
    }

    private static func names(in folder: Descriptor) -> [String] {
        let number = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return [] }
        guard let stream = fdopendir(number) else {
            close(number)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
