// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibArchive
import Vocabulary

/// Why an archive is refused; nothing of it is kept.
extension Problem {
    /// A problem with the archive at `path`.
    static func archive(
        _ code: String,
        _ path: String,
        _ what: String,
        _ remedy: String
    ) -> Problem {
        Problem(
            .invalid,
            code: code,
            what: "cannot take a model from the archive: \(what)",
            remedy: remedy,
            location: Location(file: path)
        )
    }

    /// It cannot be read to its end, or its check sums do not hold.
    static func archiveDamaged(_ path: String, _ words: String) -> Problem {
        archive(
            "archiveDamaged",
            path,
            "it is damaged or cut off (\(words.excerpt.printable))",
            "copy or download it again"
        )
    }

    /// What libarchive says of the archive that it was reading.
    static func archiveDamaged(_ path: String, saidBy handle: OpaquePointer) -> Problem {
        let words = archive_error_string(handle).map { String(cString: $0) }
        return archiveDamaged(path, words ?? "no reason is known")
    }

    /// It unpacks to far more than it is.
    static func archiveRatio(_ path: String, _ limits: ArchiveLimits) -> Problem {
        archive(
            "archiveRatio",
            path,
            "it unpacks to more than \(limits.ratio) times its size",
            "unpack it yourself, look at what it holds, and name the directory"
        )
    }

    /// No `MLmodel` is in it, or too far down.
    static func noModel(inArchive path: String) -> Problem {
        Problem(
            .invalid,
            code: "noModel",
            what: "no 'MLmodel' lies in the archive, at its top or up to two folders down",
            remedy: "pack the model's directory: tar -czf NAME.tar.gz -C MODEL .",
            location: Location(file: path)
        )
    }
}
