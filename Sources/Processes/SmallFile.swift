// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// The kernel's little files: read whole, written in one call.
enum SmallFile {
    private static let mostBytes = 256 << 10

    /// The whole text; nothing when it cannot be read.
    static func read(_ path: String) -> String? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while text.count < mostBytes {
            let count = Glibc.read(descriptor.number, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { break }
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes `text`; answers whether all of it was accepted.
    static func write(_ text: String, to path: String) -> Bool {
        let number = open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        let descriptor = Descriptor(owning: number)
        let bytes = Array(text.utf8)
        return Glibc.write(descriptor.number, bytes, bytes.count) == bytes.count
    }

    /// Writes `text`.
    ///
    /// Errors: `SystemError` with the path and the kernel's reason.
    static func mustWrite(_ text: String, to path: String) throws(SystemError) {
        guard write(text, to: path) else { throw SystemError("write '\(text)' to '\(path)'") }
    }
}
