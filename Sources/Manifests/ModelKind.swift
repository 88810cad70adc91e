// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// What stands at the path that a person named as a model.
public enum ModelKind: Hashable, Codable, Sendable {
    /// A directory with an `MLmodel` file.
    case mlflow
    /// A directory whose model lies one or two levels below, in the directory of this path.
    case modelBelow(String)
    /// A directory with a model in each of these directories below.
    case severalModels([String])
    /// A directory inside a model: the `MLmodel` lies one level above.
    case modelAbove
    /// A Triton model repository or a model of one.
    case triton
    /// A directory with nothing that is known.
    case directory
    /// An archive of a form that is read; whether a model is in it, only reading it tells.
    case archive(ArchiveForm)
    /// An archive of another form, by its name: `xz`, `7z`...
    case foreignArchive(String)
    /// An address of a registry or a store, by its scheme: `models`, `runs`, `s3`...
    case address(scheme: String)
    /// A program for this machine: an ELF file.
    case program
    /// A program that names its interpreter in its first line.
    case script
    /// Another file; what its ending says, where it says something.
    case file(ending: String)
    /// A file without a byte.
    case emptyFile
    /// Nothing.
    case missing
    /// Something that cannot be opened, with the kernel's words.
    case unreadable(String)

    /// Looks at `path` without changing anything or waiting.
    public static func recognise(_ path: String) -> ModelKind {
        if let scheme = scheme(of: path) { return .address(scheme: scheme) }
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR
                ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return directory(path)
        case S_IFREG: return status.st_size == 0 ? .emptyFile : file(path)
        default: return .unreadable("it is neither a file nor a directory")
        }
    }

    /// The scheme of an address: at least two letters (one is a drive's), then a colon.
    private static func scheme(of path: String) -> String? {
        guard let colon = path.firstIndex(of: ":") else { return nil }
        let scheme = path[..<colon]
        guard scheme.utf8.count >= 2, scheme.utf8.allSatisfy({ $0.isASCIILetterOrDigit }),
            scheme.utf8.first?.isASCIILetter ?? false
        else { return nil }
        let known = ["models", "runs", "azureml", "dbfs", "file", "mlflow"]
        let rest = path[path.index(after: colon)...]
        return rest.hasPrefix("//") || known.contains(scheme.lowercased())
            ? scheme.lowercased() : nil
    }

    private static func directory(_ path: String) -> ModelKind {
        let folder = ModelDirectory(path: path)
        let search = ModelSearch.below(path, names: FolderNames.all)
        if search == .here { return .mlflow }
        if ModelDirectory(path: path + "/..").kind(of: ModelDescriptionReader.fileName) == .file {
            return .modelAbove
        }
        if case .below(let below) = search { return .modelBelow(below) }
        if case .several(let all) = search { return .severalModels(all) }
        let names = FolderNames.all(in: path)
        if folder.kind(of: "config.pbtxt") == .file
            || names.contains(where: { folder.kind(of: "\($0)/config.pbtxt") == .file })
        {
            return .triton
        }
        return .directory
    }

    private static func file(_ path: String) -> ModelKind {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return .unreadable(String(cString: strerror(errno))) }
        defer { _ = close(file) }
        var head = [UInt8](repeating: 0, count: ArchiveForm.headLength)
        let count = read(file, &head, head.count)
        guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
        head.removeLast(head.count - count)
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return .program }
        if head.starts(with: Array("#!".utf8)) { return .script }
        if let form = ArchiveForm(head: head) { return .archive(form) }
        if let word = ArchiveForm.foreign(head: head) { return .foreignArchive(word) }
        let name = RelativePath.lastComponent(of: path)
        let ending = name.lastIndex(of: ".").map { String(name[$0...].dropFirst()) } ?? ""
        return .file(ending: ending.lowercased())
    }
}
