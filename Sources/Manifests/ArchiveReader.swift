// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibArchive
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// Who takes what an archive holds; every path is relative and stays inside.
public protocol ArchiveSink {
    /// A directory, above or beside what was told before.
    mutating func addDirectory(_ path: String) throws(Problem)
    /// A file begins; the directories above it may not have been told.
    mutating func beginFile(_ path: String) throws(Problem)
    /// The next bytes of the file.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Problem)
    /// The file is whole.
    mutating func endFile() throws(Problem)
}

/// Reads an archive from its first byte to its last and trusts nothing in it.
///
/// Shape: zip, tar, and tar in gzip or zstd; files and directories only. Owners, modes, times,
/// access lists and attributes are passed over. What it holds is counted as it comes, against
/// `ArchiveLimits`; every error of reading refuses the whole.
/// Errors: `archiveEntryEscapes`, `archiveEntryName`, `archiveLinkNotAllowed`, `archiveEntryType`,
/// `archiveDuplicate`, `archiveTooManyEntries`, `archiveTooLarge`, `archiveRatio`,
/// `archiveDamaged`, `archiveEncrypted`, `archiveFormat`; `cannotRead`; what the sink throws.
public struct ArchiveReader {
    private let path: String
    private let file: Int32
    private let form: ArchiveForm
    private let handle: OpaquePointer
    private let stream: CompressedStream?
    private var account: ArchiveAccount

    /// Hands everything in the archive at `path` to `sink`; `name` is what problems call it.
    public static func read(
        _ path: String,
        name: String? = nil,
        limits: ArchiveLimits = ArchiveLimits(),
        into sink: inout some ArchiveSink
    ) throws(Problem) {
        let called = name ?? path
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else {
            throw Self.unreadable(called, errno)
        }
        defer { _ = close(file) }
        var head = [UInt8](repeating: 0, count: ArchiveForm.headLength)
        let count = pread(file, &head, head.count, 0)
        guard count >= 0 else { throw Self.unreadable(called, errno) }
        guard let form = ArchiveForm(head: Array(head[..<count])) else {
            throw .archive(
                "archiveFormat",
                called,
                "it is none",
                "name a .tar.gz, .tar.zst or .zip"
            )
        }
        guard let handle = archive_read_new() else {
            throw .archiveDamaged(called, "no memory")
        }
        defer { archive_read_free(handle) }
        // Names are UTF-8, whatever this machine's words are; only this thread is told so.
        let words = newlocale(Int32(1) << Int32(LC_CTYPE), "C.UTF-8", nil)
        let before = words.map { uselocale($0) }
        defer {
            if let before { uselocale(before) }
            if let words { freelocale(words) }
        }
        let size = Int64(status.st_size)
        let stream =
            form == .gzip || form == .zstandard
            ? CompressedStream(file: file, path: called, form: form, size: size, limits: limits)
            : nil
        var reader = ArchiveReader(
            path: called,
            file: file,
            form: form,
            handle: handle,
            stream: stream,
            account: ArchiveAccount(path: called, size: size, limits: limits)
        )
        // libarchive holds the stream by its address alone.
        defer { withExtendedLifetime(stream) {} }
        try reader.run(into: &sink)
    }

    private mutating func run(into sink: inout some ArchiveSink) throws(Problem) {
        try begin()
        var entry: OpaquePointer?
        while true {
            let status = archive_read_next_header(handle, &entry)
            if status == ARCHIVE_EOF { break }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw damaged }
            try take(entry, into: &sink)
        }
        try stream?.finish()
        if form == .tar { try checkEnd() }
    }

    private func begin() throws(Problem) {
        guard let stream else {
            if form == .zip {
                archive_read_support_format_zip_seekable(handle)
            } else {
                archive_read_support_format_tar(handle)
            }
            guard archive_read_open_fd(handle, file, 64 << 10) == ARCHIVE_OK else { throw damaged }
            return
        }
        try stream.open()
        archive_read_support_format_tar(handle)
        let status = archive_read_open(
            handle,
            Unmanaged.passUnretained(stream).toOpaque(),
            nil,
            { _, context, buffer in
                guard let context else { return -1 }
                let stream = Unmanaged<CompressedStream>.fromOpaque(context).takeUnretainedValue()
                let count = stream.fill()
                buffer?.pointee = UnsafeRawPointer(stream.buffer.baseAddress)
                return count
            },
            nil
        )
        guard status == ARCHIVE_OK else {
            if let problem = stream.problem { throw problem }
            throw .archive(
                "archiveFormat",
                path,
                "what is compressed in it is no tar",
                "pack the model's directory: tar -czf NAME.tar.gz -C MODEL ."
            )
        }
    }

    /// The stream's own problem, or libarchive's words.
    private var damaged: Problem { stream?.problem ?? .archiveDamaged(path, saidBy: handle) }

    private mutating func take(
        _ entry: OpaquePointer,
        into sink: inout some ArchiveSink
    ) throws(Problem) {
        let name = try ArchiveEntryName(of: entry, in: path)
        guard archive_entry_is_encrypted(entry) == 0 else {
            throw .archive(
                "archiveEncrypted",
                path,
                "'\(name.text.excerpt.printable)' in it is encrypted",
                "pack it again without a password"
            )
        }
        let type = archive_entry_filetype(entry)
        guard archive_entry_hardlink(entry) == nil, type != S_IFLNK else {
            throw .archive(
                "archiveLinkNotAllowed",
                path,
                "'\(name.text.excerpt.printable)' in it is a link",
                "pack what it leads to instead: tar -h --hard-dereference"
            )
        }
        let isDirectory = type == S_IFDIR
        guard isDirectory || type == S_IFREG else {
            throw .archive(
                "archiveEntryType",
                path,
                "'\(name.text.excerpt.printable)' in it is neither a file nor a directory",
                "pack it again without devices, pipes and sockets"
            )
        }
        if name.text.isEmpty {
            // The folder that was packed: './'.
            guard isDirectory else { throw Self.nameless(path) }
            return
        }
        try account.add(name.text, isDirectory: isDirectory)
        if isDirectory {
            try sink.addDirectory(name.text)
        } else {
            try sink.beginFile(name.text)
            try copy(name.text, into: &sink)
            try sink.endFile()
        }
    }

    private mutating func copy(
        _ name: String,
        into sink: inout some ArchiveSink
    ) throws(Problem) {
        var position: Int64 = 0
        while true {
            var bytes: UnsafeRawPointer?
            var count = 0
            var offset: la_int64_t = 0
            let status = archive_read_data_block(handle, &bytes, &count, &offset)
            guard status == ARCHIVE_OK || status == ARCHIVE_EOF else { throw damaged }
            // A hole of a sparse file, at its end too; counted like what is written.
            let hole = Int64(offset) - position
            guard hole >= 0 || status == ARCHIVE_EOF else {
                throw .archiveDamaged(path, "a file's parts are out of order")
            }
            if hole > 0 { try fill(hole, name, into: &sink) }
            if status == ARCHIVE_EOF { return }
            try account.add(bytes: Int64(count), of: name)
            try sink.write(UnsafeRawBufferPointer(start: bytes, count: count))
            position = Int64(offset) + Int64(count)
        }
    }

    private mutating func fill(
        _ hole: Int64,
        _ name: String,
        into sink: inout some ArchiveSink
    ) throws(Problem) {
        try account.add(bytes: hole, of: name)
        let zeros = [UInt8](repeating: 0, count: 1 << 16)
        var rest = hole
        while rest > 0 {
            let part = min(Int(clamping: rest), zeros.count)
            var problem: Problem?
            zeros.withUnsafeBytes { raw in
                do throws(Problem) {
                    try sink.write(UnsafeRawBufferPointer(rebasing: raw[..<part]))
                } catch {
                    problem = error
                }
            }
            if let problem { throw problem }
            rest -= Int64(part)
        }
    }

    /// A tar that is cut between two entries lacks only the zeros at its end.
    private func checkEnd() throws(Problem) {
        var end = [UInt8](repeating: 1, count: 1_024)
        let size = account.size
        guard size >= 1_024, pread(file, &end, end.count, off_t(size) - 1_024) == end.count,
            end.allSatisfy({ $0 == 0 })
        else { throw .archiveDamaged(path, "its end is missing") }
    }

    private static func nameless(_ path: String) -> Problem {
        .archive("archiveEntryName", path, "a file in it has no name", "pack it again")
    }

    private static func unreadable(_ path: String, _ number: Int32) -> Problem {
        Problem(
            .failed,
            code: "cannotRead",
            what: "cannot read '\(path)': \(String(cString: strerror(number)))"
        )
    }
}
