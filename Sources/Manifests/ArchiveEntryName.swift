// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibArchive
import Vocabulary

/// An archive entry's name, as a path that stays inside the folder it is unpacked to.
struct ArchiveEntryName: Hashable {
    /// The path; empty for the folder itself.
    let text: String

    /// Reads the name of `entry` in the archive at `path`.
    ///
    /// Errors: `archiveEntryEscapes`, `archiveEntryName`.
    init(of entry: OpaquePointer, in path: String) throws(Problem) {
        guard let bytes = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry),
            let name = String(validatingCString: bytes)
        else { throw Self.refusal(nil, "is not UTF-8", path) }
        try self.init(name, in: path)
    }

    /// Checks `name`.
    init(_ name: String, in path: String) throws(Problem) {
        // What another system would take for a separator is none here, and would be there.
        let parts = name.split(whereSeparator: { $0 == "/" || $0 == "\\" })
        let isAbsolute = name.hasPrefix("/") || name.hasPrefix("\\")
        guard !isAbsolute, !parts.contains("..") else {
            throw .archive(
                "archiveEntryEscapes",
                path,
                "'\(name.excerpt.printable)' in it would be written outside the model",
                "pack it again from inside the model's directory: tar -czf NAME.tar.gz -C MODEL ."
            )
        }
        guard !name.contains("\\") else { throw Self.refusal(name, "has a backslash", path) }
        guard !name.unicodeScalars.contains(where: Self.isInvisible) else {
            throw Self.refusal(name, "has characters that do not show", path)
        }
        guard parts.allSatisfy({ $0.utf8.count <= 255 }) else {
            throw Self.refusal(name, "has a part of more than 255 bytes", path)
        }
        do throws(RelativePath.Refusal) {
            text = try RelativePath(name).text
        } catch {
            throw Self.refusal(name, error.reason, path)
        }
    }

    private static func refusal(_ name: String?, _ why: String, _ path: String) -> Problem {
        let subject = name.map { "the name '\($0.excerpt.printable)' in it" } ?? "a name in it"
        return .archive(
            "archiveEntryName",
            path,
            "\(subject) \(why)",
            "rename the file and pack it again"
        )
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
