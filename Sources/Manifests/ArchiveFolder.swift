// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What an archive holds, read through to its end without writing a byte.
///
/// Shape: every entry is known by name; of files the bytes are kept where they are few, since
/// descriptions of models are.
public struct ArchiveFolder: ModelFolder {
    /// The archive's path as the person named it.
    public let path: String

    private let contents: Contents

    /// Reads the archive at `path`.
    ///
    /// Errors: whatever `ArchiveReader` refuses.
    public init(path: String) throws(Problem) {
        self.path = path
        var contents = Contents()
        try ArchiveReader.read(path, into: &contents)
        self.contents = contents
    }

    /// The paths of all files.
    var files: some Collection<String> { contents.files.keys }

    /// What stands at `relative`.
    public func kind(of relative: String) -> ModelEntryKind? {
        if contents.files[relative] != nil { return .file }
        return contents.directories.contains(relative) ? .directory : nil
    }

    /// The bytes of the file at `relative`; nothing when there is none.
    public func read(_ relative: String, limit: Int) throws(Problem) -> [UInt8]? {
        guard let file = contents.files[relative] else { return nil }
        guard file.size <= limit, file.bytes.count == file.size else {
            let most = min(limit, Contents.mostOfOne)
            throw Problem(
                .invalid,
                code: "tooLarge",
                what: "'\(relative)' has more than the \(most) bytes that are read",
                remedy: "make it smaller",
                location: Problem.Location(file: name(of: relative))
            )
        }
        return file.bytes
    }

    /// Names and the bytes of small files.
    private struct Contents: ArchiveSink {
        static let mostOfOne = 1 << 20
        static let mostOfAll = 64 << 20

        var files: [String: (size: Int, bytes: [UInt8])] = [:]
        var directories: Set<String> = []
        private var kept = 0
        private var current = ""
        private var size = 0
        private var bytes: [UInt8] = []

        mutating func addDirectory(_ path: String) { directories.insert(path) }

        mutating func beginFile(_ path: String) {
            current = path
            size = 0
            bytes = []
            var above = path[...]
            while let slash = above.lastIndex(of: "/") {
                above = above[..<slash]
                guard directories.insert(String(above)).inserted else { break }
            }
        }

        mutating func write(_ more: UnsafeRawBufferPointer) {
            size += more.count
            if size <= Self.mostOfOne, kept + size <= Self.mostOfAll {
                bytes.append(contentsOf: more)
            } else {
                bytes = []
            }
        }

        mutating func endFile() {
            kept += bytes.count
            files[current] = (size, bytes)
        }
    }
}

/// A folder inside another one.
struct InnerFolder: ModelFolder {
    /// The folder around it.
    let outer: any ModelFolder
    /// Where it lies there.
    let inner: String

    var path: String { outer.name(of: inner) }

    func kind(of relative: String) -> ModelEntryKind? { outer.kind(of: "\(inner)/\(relative)") }

    func read(_ relative: String, limit: Int) throws(Problem) -> [UInt8]? {
        try outer.read("\(inner)/\(relative)", limit: limit)
    }
}
