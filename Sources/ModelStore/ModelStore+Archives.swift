// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

extension ModelStore {
    /// Takes the model in the archive at `path` into the store, unpacked.
    ///
    /// It is unpacked under a name that nobody takes for a copy; what is refused leaves nothing.
    ///
    /// Errors: whatever `ArchiveReader` refuses; `noModel`, `severalModels`; those of a copy.
    public func adopt(
        archive path: String,
        limits: ArchiveLimits = ArchiveLimits()
    ) throws(Problem) -> StoredModel {
        let staging = try makeStaging()
        do throws(Problem) {
            try Self.unpack(path, limits, to: staging)
            let stored = try take(unpacked: staging, from: path)
            try FileTree.remove(staging)
            return stored
        } catch {
            // The first error is the one to tell; what cannot be removed is swept at the next start.
            try? FileTree.remove(staging)
            throw error
        }
    }

    private static func unpack(
        _ path: String,
        _ limits: ArchiveLimits,
        to staging: String
    ) throws(Problem) {
        var files = try UnpackedFiles(path: staging)
        try ArchiveReader.read(path, limits: limits, into: &files)
    }

    /// Makes a copy of the model that lies in an unpacked archive, by moving it.
    private func take(unpacked staging: String, from path: String) throws(Problem) -> StoredModel {
        let kind = ModelKind.recognise(staging)
        let model: String
        switch kind {
        case .mlflow:
            model = staging
        case .modelBelow(let below):
            // A directory that is read-only cannot be moved into another one by who is not root.
            model = stagingPath()
            guard rename("\(staging)/\(below)", model) == 0 else {
                throw StoreError.writing(errno, "name the copy of a model in '\(folder)'")
            }
        default:
            throw Problem(
                .invalid,
                code: kind.refusal(of: path)?.code ?? "noModel",
                what: "the archive holds \(kind.words)",
                remedy: "pack one model's directory: tar -czf NAME.tar.gz -C MODEL .",
                location: Problem.Location(file: path)
            )
        }
        do throws(Problem) {
            let source = try SourceTree(path: model)
            let entries = try source.list()
            let digest = try source.digest(of: entries)
            guard stored(digest) == nil else {
                if model != staging { try FileTree.remove(model) }
                return StoredModel(digest: digest, path: self.path(of: digest))
            }
            try StagedCopy.seal(entries, in: model)
            try publish(model, as: digest)
            return StoredModel(digest: digest, path: self.path(of: digest))
        } catch {
            if model != staging { try? FileTree.remove(model) }
            throw error
        }
    }
}
