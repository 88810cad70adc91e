// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

import struct Crypto.SHA256

#if canImport(Glibc)
import Glibc
#endif

/// A directory to copy from, held open: what its path names later does not matter.
///
/// Errors: `Problem`, with the entry's path as the person would name it.
final class SourceTree {
    /// Most entries of a model.
    static let mostEntries = 100_000
    /// Directories inside each other, at most.
    static let mostDeep = 32

    /// One file or directory, and what tells whether it has changed.
    struct Entry: Hashable {
        /// Its path inside the tree.
        let path: String
        /// Whether it is a directory; everything else here is a file or a link to one.
        let isDirectory: Bool
        /// What the file system says of it.
        let stamp: FileStamp
        /// Whether its copy may be executed.
        var isProgram = false
    }

    /// The directory's path, for messages.
    let path: String
    /// The open directory.
    let descriptor: Int32

    private let only: String?
    private let skipped: Set<String>

    /// Opens the directory.
    ///
    /// Shape: `only` is the one file at its top that counts; entries of a name in `skipping` count
    /// nowhere.
    init(
        path: String,
        only: String? = nil,
        skipping skipped: Set<String> = []
    ) throws(Problem) {
        self.path = path
        self.only = only
        self.skipped = skipped
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.reading(errno, path) }
    }

    deinit { _ = close(descriptor) }

    /// Everything in the tree, parents before children, in order of their bytes.
    func list() throws(Problem) -> [Entry] {
        var entries: [Entry] = []
        try list(descriptor, prefix: "", depth: 0, into: &entries)
        return entries
    }

    private func list(
        _ directory: Int32,
        prefix: String,
        depth: Int,
        into entries: inout [Entry]
    ) throws(Problem) {
        guard depth <= Self.mostDeep else {
            throw invalid("tooDeep", prefix, "lies more than \(Self.mostDeep) folders deep")
        }
        let names = try FileTree.names(in: directory, path: "\(path)/\(prefix)")
        for name in names where !skipped.contains(name) && (only == nil || only == name) {
            let relative = prefix + name
            guard entries.count < Self.mostEntries else {
                throw invalid("tooManyFiles", "", "has more than \(Self.mostEntries) files")
            }
            guard relative.utf8.count <= 1_024,
                !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw invalid("fileName", relative, "has a name that cannot be kept") }
            var status = stat()
            guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                // It went away between the listing and the look.
                throw errno == ENOENT ? changed() : StoreError.reading(errno, relative)
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                entries.append(
                    Entry(path: relative, isDirectory: true, stamp: FileStamp(status))
                )
                let inner = openat(
                    directory,
                    name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                )
                guard inner >= 0 else { throw StoreError.reading(errno, relative) }
                defer { _ = close(inner) }
                try list(inner, prefix: relative + "/", depth: depth + 1, into: &entries)
            case S_IFREG:
                entries.append(
                    Entry(path: relative, isDirectory: false, stamp: FileStamp(status))
                )
            case S_IFLNK:
                entries.append(
                    Entry(path: relative, isDirectory: false, stamp: try linkedFile(relative))
                )
            default:
                throw invalid("specialFile", relative, "is a pipe, a socket or a device")
            }
        }
    }

    /// The stamp of the file that a link inside the tree stands for.
    private func linkedFile(_ relative: String) throws(Problem) -> FileStamp {
        let file = try openFile(relative)
        defer { _ = close(file) }
        return try stamp(of: file, relative)
    }

    /// Opens a file for reading; the caller closes it.
    func openFile(_ relative: String) throws(Problem) -> Int32 {
        let file: Int32
        do throws(ModelDirectory.OpenError) {
            file = try ModelDirectory.open(relative, beneath: descriptor)
        } catch {
            throw ModelDirectory(path: path).problem(error, relative)
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = close(file)
            throw invalid("linkNotAllowed", relative, "is a link to something that is no file")
        }
        return file
    }

    /// What the file system says of an open file.
    func stamp(of file: Int32, _ relative: String) throws(Problem) -> FileStamp {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw StoreError.reading(errno, relative) }
        return FileStamp(status)
    }

    /// Refuses when anything is not as it was listed.
    func checkUnchanged(since before: [Entry]) throws(Problem) {
        guard try list() == before else { throw changed() }
    }

    /// The digest of the copy that `layout` makes of the tree, read once through.
    func digest(of entries: [Entry], as layout: CopyLayout = .same) throws(Problem) -> Digest {
        var content = ContentDigest()
        if let folder = layout.folder { content.addDirectory(folder) }
        for entry in entries {
            let path = layout.path(of: entry.path)
            if entry.isDirectory {
                content.addDirectory(path)
                continue
            }
            let file = try openFile(entry.path)
            defer { _ = close(file) }
            var hasher = SHA256()
            let size = try FileBytes.read(file, named: entry.path) { (bytes) throws(Problem) in
                hasher.update(bufferPointer: bytes)
            }
            content.addFile(
                path,
                size: size,
                hash: hasher.finalize(),
                isProgram: entry.isProgram
            )
        }
        return try content.finish()
    }

    /// The problem that tells that somebody writes while we read.
    func changed() -> Problem {
        Problem(
            .conflict,
            code: "sourceChanged",
            what: "'\(path)' changed while it was copied",
            remedy: "try again when nothing writes there"
        )
    }

    private func invalid(_ code: String, _ relative: String, _ words: String) -> Problem {
        let name = relative.isEmpty ? path : "\(path)/\(relative)"
        return Problem(
            .invalid,
            code: code,
            what: "'\(name)' \(words)",
            remedy: "remove it or replace it by a plain file",
            location: Problem.Location(file: name)
        )
    }
}
