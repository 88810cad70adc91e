// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Directories listed, removed and written through to the disk.
enum FileTree {
    /// The names in a directory without `.` and `..`, in order of their bytes.
    static func names(in path: String) throws(Problem) -> [String] {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw StoreError.reading(errno, path) }
        defer { _ = close(directory) }
        return try names(in: directory, path: path)
    }

    /// The names in an open directory, in order of their bytes.
    ///
    /// Errors: `fileName` for a name that is not UTF-8: it could not be told or compared.
    static func names(in directory: Int32, path: String) throws(Problem) -> [String] {
        // A descriptor of its own: closing the stream closes it, and it has its own position.
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw StoreError.reading(errno, path) }
        guard let stream = fdopendir(copy) else {
            let number = errno
            _ = close(copy)
            throw StoreError.reading(number, path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    String(validatingCString: $0)
                }
            }
            guard let name else {
                throw Problem(
                    .invalid,
                    code: "fileName",
                    what: "a file in '\(path)' has a name that is not UTF-8",
                    remedy: "rename it"
                )
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw StoreError.reading(errno, path) }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// Removes what stands at `path`, directories with all they hold; links are not followed.
    static func remove(_ path: String) throws(Problem) {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[$0...].dropFirst()) } ?? path
        let directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw StoreError.reading(errno, parent) }
        defer { _ = close(directory) }
        try remove(name, in: directory, path: path)
    }

    private static func remove(
        _ name: String,
        in directory: Int32,
        path: String
    ) throws(Problem) {
        if unlinkat(directory, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else {
            throw StoreError.writing(errno, "remove '\(path)'")
        }
        let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else { throw StoreError.writing(errno, "remove '\(path)'") }
        defer { _ = close(inner) }
        // Our copies are read-only: without root, their directories must be opened up first.
        _ = fchmod(inner, 0o700)
        for child in try names(in: inner, path: path) {
            try remove(child, in: inner, path: "\(path)/\(child)")
        }
        guard unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw StoreError.writing(errno, "remove '\(path)'")
        }
    }

    /// Writes a directory's entries through to the disk.
    static func synchronise(_ path: String) throws(Problem) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw StoreError.reading(errno, path) }
        defer { _ = close(directory) }
        guard fsync(directory) == 0 else {
            throw StoreError.writing(errno, "write '\(path)' to the disk")
        }
    }
}
