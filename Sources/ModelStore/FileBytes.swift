// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// A file's bytes, block by block.
enum FileBytes {
    private static let block = 1 << 20

    /// Hands every block to `body`; answers how many bytes there were.
    static func read(
        _ file: Int32,
        named path: String,
        _ body: (UnsafeRawBufferPointer) throws(Problem) -> Void
    ) throws(Problem) -> Int64 {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: block, alignment: 4_096)
        defer { buffer.deallocate() }
        var total: Int64 = 0
        while true {
            try Interruption.check()
            let count = Glibc.read(file, buffer.baseAddress, buffer.count)
            if count == 0 { return total }
            if count < 0 {
                if errno == EINTR { continue }
                throw StoreError.reading(errno, path)
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            total += Int64(count)
        }
    }

    /// Writes a whole block, or leaves a hole of its length where it holds zeros alone.
    ///
    /// A sparse file would fill the disk otherwise. The length is the caller's to set in the end.
    static func writeSparsely(
        _ bytes: UnsafeRawBufferPointer,
        to file: Int32,
        named path: String
    ) throws(Problem) {
        guard let start = bytes.baseAddress, bytes[0] == 0,
            memcmp(start, start + 1, bytes.count - 1) == 0
        else { return try write(bytes, to: file, named: path) }
        guard lseek(file, off_t(bytes.count), SEEK_CUR) >= 0 else {
            throw StoreError.writing(errno, "copy '\(path)'")
        }
    }

    /// Writes a whole block.
    static func write(
        _ bytes: UnsafeRawBufferPointer,
        to file: Int32,
        named path: String
    ) throws(Problem) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw StoreError.writing(errno, "copy '\(path)'")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
