// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibArchive
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// What an archive is and whether a model lies in it, found from its beginning only.
///
/// Nothing is unpacked. Headers are read until an `MLmodel` is found or a bound is reached: 1,000
/// entries, 16 MiB of the file, or 256 MiB of what it unpacks to; a small file may claim terabytes.
public struct ArchiveProbe: Hashable, Codable, Sendable {
    private static let mostEntries = 1_000
    private static let mostBytes = 16 << 20
    private static let mostUnpacked: Int64 = 256 << 20

    /// libarchive's words for the format, for example `GNU tar format`.
    public let format: String
    /// Whether it is a zip, which another command unpacks.
    public let isZip: Bool
    /// Where its `MLmodel` lies; nothing when none was seen.
    public let modelPath: String?

    /// Looks at the file at `path`; nothing when it is no archive.
    public init?(path: String) {
        guard let archive = archive_read_new() else { return nil }
        defer { archive_read_free(archive) }
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_zstd(archive)
        archive_read_support_format_tar(archive)
        archive_read_support_format_zip_streamable(archive)
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        let source = Source(file: file)
        defer { _ = close(file) }
        let opened = archive_read_open(
            archive,
            Unmanaged.passUnretained(source).toOpaque(),
            nil,
            { archive, context, buffer in
                guard let context else { return -1 }
                let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
                let unpacked = archive_filter_bytes(archive, 0)
                guard unpacked < ArchiveProbe.mostUnpacked else { return 0 }
                buffer?.pointee = UnsafeRawPointer(source.buffer.baseAddress)
                return source.fill(most: ArchiveProbe.mostBytes)
            },
            nil
        )
        guard opened == ARCHIVE_OK else { return nil }
        var found: String?
        var entries = 0
        var entry: OpaquePointer?
        while entries < Self.mostEntries,
            archive_read_next_header(archive, &entry) >= ARCHIVE_WARN
        {
            entries += 1
            guard let name = archive_entry_pathname(entry) else { continue }
            let path = String(cString: name)
            if RelativePath.lastComponent(of: path) == ModelDescriptionReader.fileName {
                found = path
                break
            }
        }
        // A file is an archive when at least one header could be read from it.
        guard entries > 0 else { return nil }
        format = archive_format_name(archive).map { String(cString: $0) } ?? "archive"
        isZip = archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP
        modelPath = found
    }

    /// The file, read in blocks up to a bound.
    private final class Source {
        let file: Int32
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        private var total = 0

        init(file: Int32) { self.file = file }

        deinit { buffer.deallocate() }

        func fill(most: Int) -> Int {
            guard total < most else { return 0 }
            let count = read(file, buffer.baseAddress, buffer.count)
            total += max(0, count)
            return count
        }
    }
}
