// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Writes what an archive holds below one open directory, and nowhere else.
///
/// Each part of a path is opened from the one before it, without following links; a file is always
/// a new one. Files are 0644 and directories 0755 at most, whatever the archive says.
final class UnpackedFiles: ArchiveSink {
    private let root: Int32
    private let path: String
    private var file: Int32 = -1
    private var name = ""

    /// Begins to write below the empty directory at `path`.
    init(path: String) throws(Problem) {
        self.path = path
        root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard root >= 0 else { throw StoreError.reading(errno, path) }
    }

    deinit {
        if file >= 0 { _ = close(file) }
        _ = close(root)
    }

    func addDirectory(_ path: String) throws(Problem) {
        _ = close(try directory(path.split(separator: "/").map(String.init)))
    }

    func beginFile(_ path: String) throws(Problem) {
        try Interruption.check()
        var parts = path.split(separator: "/").map(String.init)
        guard let last = parts.popLast() else {
            preconditionFailure("an archive's file has no name in '\(self.path)'")
        }
        let above = try directory(parts)
        defer { _ = close(above) }
        name = path
        file = openat(above, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw StoreError.writing(errno, "unpack '\(path.printable)'") }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        try Interruption.check()
        try FileBytes.write(bytes, to: file, named: name)
    }

    func endFile() throws(Problem) {
        let whole = file
        file = -1
        // Some file systems tell only now that the disk is full.
        guard close(whole) == 0 else {
            throw StoreError.writing(errno, "unpack '\(name.printable)'")
        }
    }

    /// Opens the directory of these parts, making what is missing; the caller closes it.
    private func directory(_ parts: [String]) throws(Problem) -> Int32 {
        var current = fcntl(root, F_DUPFD_CLOEXEC, 3)
        guard current >= 0 else { throw StoreError.reading(errno, path) }
        for part in parts {
            let isThere = mkdirat(current, part, 0o755) == 0 || errno == EEXIST
            let number = errno
            let next = openat(current, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let failure = isThere ? errno : number
            _ = close(current)
            guard next >= 0 else { throw StoreError.writing(failure, "unpack '\(part.printable)'") }
            current = next
        }
        return current
    }
}
