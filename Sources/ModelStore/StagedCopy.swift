// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

import struct Crypto.SHA256

#if canImport(Glibc)
import Glibc
#endif

/// Makes a read-only copy of a tree and takes the digest of what was written.
enum StagedCopy {
    /// The request that shares a file's blocks until one side is written: `_IOW(0x94, 9, int)`.
    private static let clone: UInt = 0x4004_9409

    /// Copies `entries` of `source` into the empty directory `staging`, where `layout` has them.
    ///
    /// Everything is on the disk when this returns, the directory's own entries included.
    static func make(
        of source: SourceTree,
        entries: [SourceTree.Entry],
        as layout: CopyLayout = .same,
        in staging: String
    ) throws(Problem) -> Digest {
        var content = ContentDigest()
        if let folder = layout.folder {
            guard mkdir("\(staging)/\(folder)", 0o700) == 0 else {
                throw StoreError.writing(errno, "copy '\(folder)'")
            }
            content.addDirectory(folder)
        }
        for entry in entries {
            let path = layout.path(of: entry.path)
            let target = "\(staging)/\(path)"
            if entry.isDirectory {
                guard mkdir(target, 0o700) == 0 else {
                    throw StoreError.writing(errno, "copy '\(entry.path)'")
                }
                content.addDirectory(path)
            } else {
                let copied = try copyFile(entry, of: source, to: target)
                content.addFile(
                    path,
                    size: copied.size,
                    hash: copied.hash,
                    isProgram: entry.isProgram
                )
            }
        }
        // Children before parents: a directory is closed when nothing more comes into it.
        for entry in entries.reversed() where entry.isDirectory {
            try seal("\(staging)/\(layout.path(of: entry.path))")
        }
        if let folder = layout.folder { try seal("\(staging)/\(folder)") }
        try seal(staging)
        return try content.finish()
    }

    /// Makes a tree that was written in place what a copy would be: owned, read-only, on the disk.
    static func seal(_ entries: [SourceTree.Entry], in tree: String) throws(Problem) {
        for entry in entries.reversed() {
            try seal("\(tree)/\(entry.path)", isDirectory: entry.isDirectory)
        }
        try seal(tree)
    }

    private static func copyFile(
        _ entry: SourceTree.Entry,
        of source: SourceTree,
        to target: String
    ) throws(Problem) -> (size: Int64, hash: SHA256.Digest) {
        let from = try source.openFile(entry.path)
        defer { _ = close(from) }
        guard try source.stamp(of: from, entry.path) == entry.stamp else { throw source.changed() }
        let into = open(target, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard into >= 0 else { throw StoreError.writing(errno, "copy '\(entry.path)'") }
        defer { _ = close(into) }
        var hasher = SHA256()
        let size: Int64
        if ioctl(into, clone, from) == 0 {
            size = try FileBytes.read(into, named: entry.path) { (bytes) throws(Problem) in
                hasher.update(bufferPointer: bytes)
            }
        } else {
            size = try FileBytes.read(from, named: entry.path) { (bytes) throws(Problem) in
                hasher.update(bufferPointer: bytes)
                try FileBytes.writeSparsely(bytes, to: into, named: entry.path)
            }
            guard ftruncate(into, off_t(size)) == 0 else {
                throw StoreError.writing(errno, "copy '\(entry.path)'")
            }
        }
        guard try source.stamp(of: from, entry.path) == entry.stamp else { throw source.changed() }
        try finish(into, mode: entry.isProgram ? 0o555 : 0o444, entry.path)
        return (size, hasher.finalize())
    }

    private static func seal(_ path: String, isDirectory: Bool = true) throws(Problem) {
        let kind = isDirectory ? O_DIRECTORY : 0
        let entry = open(path, O_RDONLY | kind | O_NOFOLLOW | O_CLOEXEC)
        guard entry >= 0 else { throw StoreError.reading(errno, path) }
        defer { _ = close(entry) }
        try finish(entry, mode: isDirectory ? 0o555 : 0o444, path)
    }

    /// Gives a file or directory its owner and mode and writes it through.
    private static func finish(_ file: Int32, mode: mode_t, _ path: String) throws(Problem) {
        // A folder with the set-group bit would have given it another group.
        if geteuid() == 0, fchown(file, 0, 0) != 0 {
            throw StoreError.writing(errno, "own '\(path)'")
        }
        guard fchmod(file, mode) == 0 else {
            throw StoreError.writing(errno, "make '\(path)' read-only")
        }
        guard fsync(file) == 0 else {
            throw StoreError.writing(errno, "write '\(path)' to the disk")
        }
    }
}
