// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Looks at the models folder.
///
/// It remembers nothing and decides nothing.
/// A name's fingerprint is taken of every entry below it, without opening a file. The closer look
/// (is it being written, what is missing) is taken only of names that are not settled, so a folder
/// where nothing happens costs one `lstat` an entry. Whether an archive is whole, only reading it
/// to its end tells: that is left to who takes it up.
///
/// Links: a link to a model's directory counts as the directory; links inside follow the store's
/// rule.
public struct DropFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// Names the folder at `path`.
    public init(path: String) { self.path = path }

    /// Looks once; `wantsDetails` says of which names a closer look is wanted.
    public func scan(wantsDetails: (String, UInt64) -> Bool) -> DropScan {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return .gone }
        defer { _ = close(directory) }
        var status = stat()
        guard fstat(directory, &status) == 0,
            let entries = try? FileTree.names(in: directory, path: path)
        else { return .gone }
        let stamp = FileStamp(status)
        let visible = entries.filter { !DropFolderWatch.isIgnored($0) }
        var observations: [DropObservation] = []
        for name in visible {
            guard let observation = observe(name, in: directory, among: visible, wantsDetails)
            else { continue }
            observations.append(observation)
        }
        return .folder(
            DropListing(
                identity: FolderIdentity(device: stamp.device, inode: stamp.inode),
                observations: observations
            )
        )
    }

    /// What bears `name`; nothing for a document that belongs to a folder, or what went away.
    private func observe(
        _ name: String,
        in directory: Int32,
        among names: [String],
        _ wantsDetails: (String, UInt64) -> Bool
    ) -> DropObservation? {
        var status = stat()
        guard fstatat(directory, name, &status, 0) == 0 else { return nil }
        let whole = "\(path)/\(name)"
        if status.st_mode & S_IFMT == S_IFDIR {
            return observeModel(name, whole, in: directory, wantsDetails)
        }
        if name.hasSuffix(".yml"),
            names.contains(where: { EndpointNaming.stem(of: $0) == name.dropLast(4) })
        {
            return nil
        }
        var print = Fingerprint()
        print.add(name, FileStamp(status))
        let document = add(documentOf: name, in: directory, to: &print)
        var details: DropObservation.Details?
        if wantsDetails(name, print.value) {
            details = DropObservation.Details(
                isBeingWritten: WriterProbe().isWritten([whole] + document),
                missing: [],
                refusal: refusal(ofFile: name, whole)
            )
        }
        return DropObservation(
            name: name,
            path: whole,
            fingerprint: print.value,
            details: details
        )
    }

    private func observeModel(
        _ name: String,
        _ whole: String,
        in directory: Int32,
        _ wantsDetails: (String, UInt64) -> Bool
    ) -> DropObservation? {
        var print = Fingerprint()
        var files: [String] = []
        var refusal: Problem?
        do throws(Problem) {
            for entry in try SourceTree(path: whole).list() {
                print.add(entry.path, entry.stamp)
                if !entry.isDirectory { files.append("\(whole)/\(entry.path)") }
            }
        } catch {
            // Half of a tree that is being copied or removed: the next look sees more.
            refusal = error
            print.add(error.code)
        }
        files += add(documentOf: name, in: directory, to: &print)
        var details: DropObservation.Details?
        if wantsDetails(name, print.value) {
            details = look(at: whole, files: files, refusal: refusal)
        }
        return DropObservation(
            name: name,
            path: whole,
            fingerprint: print.value,
            details: details
        )
    }

    /// Counts the document beside an entry; answers its path where there is one.
    private func add(
        documentOf name: String,
        in directory: Int32,
        to print: inout Fingerprint
    ) -> [String] {
        let document = EndpointNaming.stem(of: name) + ".yml"
        var status = stat()
        guard fstatat(directory, document, &status, 0) == 0 else { return [] }
        print.add(document, FileStamp(status))
        return ["\(path)/\(document)"]
    }

    private func look(
        at whole: String,
        files: [String],
        refusal: Problem?
    ) -> DropObservation.Details {
        var details = DropObservation.Details(
            isBeingWritten: WriterProbe().isWritten(files),
            missing: [],
            refusal: refusal
        )
        guard refusal == nil else { return details }
        let kind = ModelKind.recognise(whole)
        let model: String
        switch kind {
        case .mlflow: model = whole
        case .modelBelow(let below): model = "\(whole)/\(below)"
        default:
            // A copy may bring its MLmodel last: that is a missing file until patience ends.
            let problem = kind.refusal(of: whole)
            details.missing = kind == .directory ? problem.map { [$0] } ?? [] : []
            details.refusal = kind == .directory ? nil : problem
            return details
        }
        let folder = ModelDirectory(path: model)
        do throws(Problem) {
            let file = ModelDescriptionReader.fileName
            let bytes = try folder.read(file, limit: 1 << 20) ?? []
            let reading = ModelDescriptionReader.read(bytes, file: "\(model)/\(file)")
            details.missing = ModelCheck.missingFiles(of: try reading.get(), in: folder)
        } catch {
            details.refusal = error
        }
        return details
    }

    /// Why a file in the folder is nobody's model.
    private func refusal(ofFile name: String, _ whole: String) -> Problem? {
        let location = Problem.Location(file: whole)
        if name.hasSuffix(".yml") {
            return Problem(
                .invalid,
                code: "documentAlone",
                what: "'\(name)' stands beside no folder or archive '\(name.dropLast(4))'",
                remedy: "rename it after the model's folder, or remove it",
                location: location
            )
        }
        if name.hasSuffix(".yaml") {
            return Problem(
                .invalid,
                code: "documentEnding",
                what: "'\(name)' is not read",
                remedy: "call it '\(name.dropLast(5)).yml'",
                location: location
            )
        }
        return ModelKind.recognise(whole).refusal(of: whole)
    }
}
