// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibArchive

#if canImport(Glibc)
import Glibc
#endif

/// An entry that a test puts into an archive, good or bad.
public struct PackedEntry: Sendable {
    /// What an entry is.
    public enum Kind: Sendable {
        case file
        case directory
        case symbolicLink(to: String)
        case hardLink(to: String)
        case device
        case pipe
        case socket
    }

    /// Its name, as it is written.
    public var name: String
    /// What it is.
    public var kind: Kind
    /// What a file holds.
    public var bytes: [UInt8]
    /// Its mode.
    public var mode: mode_t

    /// Makes an entry.
    public init(_ name: String, _ text: String = "", mode: mode_t = 0o644) {
        self.init(name, bytes: Array(text.utf8), mode: mode)
    }

    /// Makes a file of bytes.
    public init(_ name: String, bytes: [UInt8], mode: mode_t = 0o644) {
        self.name = name
        self.kind = .file
        self.bytes = bytes
        self.mode = mode
    }

    /// Makes an entry that is no file.
    public init(_ name: String, _ kind: Kind) {
        self.init(name)
        self.kind = kind
    }

    fileprivate func write(to archive: OpaquePointer?) {
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_mtime(entry, 1_600_000_000, 0)
        archive_entry_set_uid(entry, 4_242)
        switch kind {
        case .file:
            archive_entry_set_filetype(entry, Glibc.S_IFREG)
            archive_entry_set_size(entry, la_int64_t(bytes.count))
        case .directory: archive_entry_set_filetype(entry, Glibc.S_IFDIR)
        case .symbolicLink(let target):
            archive_entry_set_filetype(entry, Glibc.S_IFLNK)
            archive_entry_set_symlink(entry, target)
        case .hardLink(let target):
            archive_entry_set_filetype(entry, Glibc.S_IFREG)
            archive_entry_set_hardlink(entry, target)
        case .device:
            archive_entry_set_filetype(entry, Glibc.S_IFCHR)
            archive_entry_set_rdevmajor(entry, 1)
            archive_entry_set_rdevminor(entry, 3)
        case .pipe: archive_entry_set_filetype(entry, Glibc.S_IFIFO)
        case .socket: archive_entry_set_filetype(entry, Glibc.S_IFSOCK)
        }
        archive_entry_set_perm(entry, mode)
        archive_write_header(archive, entry)
        if !bytes.isEmpty { archive_write_data(archive, bytes, bytes.count) }
    }
}

/// How a test packs an archive.
public enum Packing: String, Sendable, CaseIterable {
    case tar = ".tar"
    case gzip = ".tar.gz"
    case zstandard = ".tar.zst"
    case zip = ".zip"

    /// Writes an archive of `entries` at `path`.
    public func write(
        _ entries: some Sequence<PackedEntry>,
        to path: String,
        options: String = "",
        password: String? = nil
    ) {
        let archive = archive_write_new()
        defer { archive_write_free(archive) }
        switch self {
        case .tar: archive_write_add_filter_none(archive)
        case .gzip: archive_write_add_filter_gzip(archive)
        case .zstandard: archive_write_add_filter_zstd(archive)
        case .zip: archive_write_set_format_zip(archive)
        }
        if self != .zip { archive_write_set_format_gnutar(archive) }
        if !options.isEmpty { archive_write_set_options(archive, options) }
        if let password { archive_write_set_passphrase(archive, password) }
        archive_write_open_filename(archive, path)
        for entry in entries { entry.write(to: archive) }
        archive_write_close(archive)
    }

    /// A model of three files, below the folder `above`.
    public static func model(above: String = "", weights: String = "w") -> [PackedEntry] {
        [
            PackedEntry(
                above + "MLmodel",
                "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"
                    + "    data: model.pkl\n"
            ),
            PackedEntry(above + "model.pkl", weights),
            PackedEntry(above + "requirements.txt", "mlflow\n"),
        ]
    }
}
