// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Copies of models, by the digest of their content.
///
/// A model is copied before it is used, so that editing the folder it came from changes nothing that
/// runs. The copy is a reflink where the file system has them, else a full copy, never a hard link.
/// Files are 0444, programs and directories 0555, owned by root where we are root; a file is a program
/// only where the caller says so; extended attributes and times are dropped.
///
/// A copy is made under a name that begins with `.staging-`, written through to the disk and then
/// renamed: whatever bears a digest's name is whole. What a killed copy left behind is swept when
/// the store is opened, so one process at a time may have a store open; the server's lock on its
/// state folder sees to that.
///
/// Links: a link to a file inside the model becomes a file of its own; a link to a directory, out of
/// the model or to nothing is refused, and so are pipes, sockets and devices.
public struct ModelStore: Sendable {
    static let stagingPrefix = ".staging-"

    /// The folder that holds the copies.
    public let folder: String

    /// Opens the store in `folder`, which is made if it is not there, and sweeps what a killed copy
    /// left behind.
    ///
    /// Errors: `diskFull`, `cannotWrite`.
    public init(folder: String) throws(Problem) {
        self.folder = folder
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw StoreError.writing(errno, "make the folder '\(folder)'")
        }
        for name in try FileTree.names(in: folder) where name.hasPrefix(Self.stagingPrefix) {
            try FileTree.remove("\(folder)/\(name)")
        }
    }

    /// What `adopt` would refuse a directory for, found by looking at it alone.
    public static func refusal(of directory: String) -> Problem? {
        do throws(Problem) {
            _ = try SourceTree(path: directory).list()
            return nil
        } catch {
            return error
        }
    }

    /// Takes the model in `directory` into the store; one that is there already is not copied again.
    ///
    /// Shape: `programs` are paths in it, relative, that shall be executable.
    /// Errors: `sourceChanged` (a conflict: try again when it is quiet), `diskFull` (exhausted:
    /// nothing was kept), `linkNotAllowed`, `pathEscapes`, `specialFile`, `fileName`, `tooManyFiles`,
    /// `cannotRead`, `cannotWrite`.
    public func adopt(
        _ directory: String,
        programs: Set<String> = []
    ) throws(Problem) -> StoredModel {
        try adopt(try SourceTree(path: directory), programs: programs, layout: .same)
    }

    /// Takes what `source` lists, each entry to where `layout` has it.
    func adopt(
        _ source: SourceTree,
        programs: Set<String>,
        layout: CopyLayout
    ) throws(Problem) -> StoredModel {
        let before = try source.list()
        let entries = before.map { entry in
            var entry = entry
            entry.isProgram = !entry.isDirectory && programs.contains(entry.path)
            return entry
        }
        let expected = try source.digest(of: entries, as: layout)
        if let stored = stored(expected) {
            try source.checkUnchanged(since: before)
            return stored
        }
        let staging = try makeStaging()
        do throws(Problem) {
            let copied = try StagedCopy.make(
                of: source,
                entries: entries,
                as: layout,
                in: staging
            )
            try source.checkUnchanged(since: before)
            try publish(staging, as: copied)
            return StoredModel(digest: copied, path: path(of: copied))
        } catch {
            // The first error is the one to tell; what cannot be removed is swept at the next start.
            try? FileTree.remove(staging)
            throw error
        }
    }

    /// The model with this digest; nothing when it is not here.
    public func stored(_ digest: Digest) -> StoredModel? {
        var status = stat()
        let path = path(of: digest)
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return StoredModel(digest: digest, path: path)
    }

    /// The digests of all models here, in order.
    public func digests() throws(Problem) -> [Digest] {
        try FileTree.names(in: folder).compactMap { Digest($0) }.sorted()
    }

    /// Lets a model go; one that is not here is gone already.
    ///
    /// Its name is taken away first: a removal that is cut short leaves nothing that looks ready.
    public func discard(_ digest: Digest) throws(Problem) {
        guard stored(digest) != nil else { return }
        let doomed = stagingPath()
        guard rename(path(of: digest), doomed) == 0 else {
            if errno == ENOENT { return }
            throw StoreError.writing(errno, "discard the model '\(digest.short)'")
        }
        try FileTree.remove(doomed)
    }

    func path(of digest: Digest) -> String { "\(folder)/\(digest.hexadecimal)" }

    func stagingPath() -> String {
        let number = UInt64.random(in: .min ... .max)
        return "\(folder)/\(Self.stagingPrefix)\(String(number, radix: 16))"
    }

    func makeStaging() throws(Problem) -> String {
        let path = stagingPath()
        guard mkdir(path, 0o700) == 0 else {
            throw StoreError.writing(errno, "copy a model into '\(folder)'")
        }
        return path
    }

    /// Gives a whole copy its name.
    func publish(_ staging: String, as digest: Digest) throws(Problem) {
        if rename(staging, path(of: digest)) != 0 {
            // Somebody else finished the same copy in between: theirs is as good.
            guard errno == EEXIST || errno == ENOTEMPTY else {
                throw StoreError.writing(errno, "name the copy of a model in '\(folder)'")
            }
            try FileTree.remove(staging)
        }
        try FileTree.synchronise(folder)
    }
}
