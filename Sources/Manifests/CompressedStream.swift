// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibArchive
import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// A file of one compression, handed out block by block and checked to its end.
///
/// libarchive does not compare gzip's check sum, and a tar ends before its file does: both are
/// looked at here. A zstd that was written without a check sum has none to look at. Several gzip
/// streams in a row are told as damaged, and compression inside compression is refused.
final class CompressedStream {
    /// Why it ended early.
    private(set) var problem: Problem?
    /// The block that was read last.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)

    private let file: Int32
    private let path: String
    private let form: ArchiveForm
    private let size: Int64
    private let limits: ArchiveLimits
    private var handle: OpaquePointer?
    private var sum = CheckSum()
    private var length: Int64 = 0

    /// Bytes that may follow the last entry: the zeros that fill a tar's last record.
    private static let mostPadding: Int64 = 1 << 20

    init(file: Int32, path: String, form: ArchiveForm, size: Int64, limits: ArchiveLimits) {
        self.file = file
        self.path = path
        self.form = form
        self.size = size
        self.limits = limits
    }

    deinit {
        archive_read_free(handle)
        buffer.deallocate()
    }

    /// Begins to read.
    ///
    /// Errors: `archiveDamaged`, `archiveFormat`.
    func open() throws(Problem) {
        guard let handle = archive_read_new() else { throw .archiveDamaged(path, "no memory") }
        self.handle = handle
        if form == .gzip {
            archive_read_support_filter_gzip(handle)
        } else {
            archive_read_support_filter_zstd(handle)
        }
        archive_read_support_format_raw(handle)
        var entry: OpaquePointer?
        guard archive_read_open_fd(handle, file, 64 << 10) == ARCHIVE_OK,
            archive_read_next_header(handle, &entry) == ARCHIVE_OK
        else { throw .archiveDamaged(path, saidBy: handle) }
        // The compression, and the file below it.
        let layers = archive_filter_count(handle)
        guard layers > 1 else {
            throw .archiveDamaged(path, "its beginning is no \(form.rawValue)")
        }
        guard layers == 2 else {
            throw .archive(
                "archiveFormat",
                path,
                "it is compressed more than once",
                "pack the model's directory as '\(form.rawValue)' once"
            )
        }
    }

    /// Reads a block into `buffer`; answers its bytes, 0 at the end, or -1 with a problem.
    func fill() -> Int {
        guard problem == nil, let handle else { return -1 }
        let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
        if count < 0 {
            problem = .archiveDamaged(path, saidBy: handle)
            return -1
        }
        length += Int64(count)
        guard length <= limits.allowance(size) + Self.mostPadding else {
            problem = .archiveRatio(path, limits)
            return -1
        }
        if count > 0 {
            if form == .gzip { sum.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        } else if form == .gzip, !holdsSum {
            problem = .archiveDamaged(path, "gzip's check sum is another")
            return -1
        }
        return count
    }

    /// Reads what follows the last entry, so that the check sums are looked at.
    ///
    /// Errors: `archiveDamaged`, `archiveRatio`.
    func finish() throws(Problem) {
        let end = length
        while true {
            let count = fill()
            if let problem { throw problem }
            if count == 0 { return }
            guard length - end <= Self.mostPadding else {
                throw .archiveDamaged(path, "something follows its end")
            }
        }
    }

    /// Whether the file's last eight bytes are the sum and the length of what was read.
    private var holdsSum: Bool {
        var trailer = [UInt8](repeating: 0, count: 8)
        guard pread(file, &trailer, 8, off_t(size) - 8) == 8 else { return false }
        let number = { (bytes: ArraySlice<UInt8>) in
            bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        return number(trailer[..<4]) == sum.value
            && number(trailer[4...]) == UInt32(truncatingIfNeeded: length)
    }
}
