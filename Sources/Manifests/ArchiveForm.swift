// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The forms of archives that models are taken from; each by the ending it is called by.
public enum ArchiveForm: String, Codable, Sendable, CaseIterable {
    case zip = ".zip"
    case tar = ".tar"
    case gzip = ".tar.gz"
    case zstandard = ".tar.zst"

    /// How many bytes of a file tell its form.
    static let headLength = 512

    private static let endings: [(ending: String, form: ArchiveForm)] = [
        (".tar.gz", .gzip), (".tgz", .gzip), (".tar.zst", .zstandard), (".tzst", .zstandard),
        (".tar", .tar), (".zip", .zip),
    ]

    /// The form that a file's first bytes tell; nothing when they tell none of ours.
    init?(head: [UInt8]) {
        let starts = { (bytes: [UInt8]) in head.starts(with: bytes) }
        if starts([0x50, 0x4B, 3, 4]) || starts([0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if starts([0x1F, 0x8B]) {
            self = .gzip
        } else if starts([0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstandard
        } else if head.count >= 262, head[257..<262].elementsEqual(Array("ustar".utf8)) {
            self = .tar
        } else {
            return nil
        }
    }

    /// An archive of another form by its first bytes, in a word; nothing when it is none.
    static func foreign(head: [UInt8]) -> String? {
        let marks: [(bytes: [UInt8], word: String)] = [
            (Array("BZh".utf8), "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
            ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7z"), (Array("Rar!".utf8), "rar"),
            ([0x04, 0x22, 0x4D, 0x18], "lz4"),
        ]
        return marks.first { head.starts(with: $0.bytes) }?.word
    }

    /// A name without the ending of an archive, and the form that the ending stands for.
    ///
    /// Shape: the name as it is, and nothing, where it has no such ending or is nothing else.
    static func split(_ name: String) -> (stem: String, form: ArchiveForm?) {
        let lower = name.lowercased()
        for (ending, form) in endings
        where lower.hasSuffix(ending) && name.utf8.count > ending.utf8.count {
            return (String(name.dropLast(ending.count)), form)
        }
        return (name, nil)
    }
}
