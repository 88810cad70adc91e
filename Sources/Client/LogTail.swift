// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary

/// Reads the lines of a file that grows, and goes on when it is cut short or begun anew.
public struct LogTail: Sendable {
    /// How much of a file's end is looked at for its last lines.
    private static let lookBack: Int64 = 1 << 20
    /// A line longer than this is told in pieces.
    private static let longestLine = 64 << 10

    private let path: String
    private var file: FileIdentity?
    private var position: Int64 = 0
    private var unfinished: [UInt8] = []

    private struct FileIdentity: Equatable, Sendable {
        var device: UInt64
        var number: UInt64
    }

    /// Begins before the file's first byte; it need not be there yet.
    public init(path: String) {
        self.path = path
    }

    /// The last `count` whole lines that are there now.
    public mutating func last(_ count: Int) -> [String] {
        position = max(0, Self.size(of: path) - Self.lookBack)
        let isCut = position > 0
        let lines = newLines()
        return (isCut ? lines.dropFirst() : lines[...]).suffix(count).map(\.self)
    }

    /// The whole lines that were added since the last call.
    public mutating func newLines() -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return [] }
        let identity = FileIdentity(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino))
        if (file != nil && file != identity) || Int64(facts.st_size) < position {
            position = 0
            unfinished = []
        }
        file = identity
        return read(descriptor)
    }

    private mutating func read(_ descriptor: Int32) -> [String] {
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: Self.longestLine)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(position))
            guard count > 0 else { return lines }
            position += Int64(count)
            for byte in buffer[..<count] {
                if byte != UInt8(ascii: "\n") { unfinished.append(byte) }
                if byte == UInt8(ascii: "\n") || unfinished.count == Self.longestLine {
                    lines.append(String(decoding: unfinished, as: UTF8.self))
                    unfinished.removeAll(keepingCapacity: true)
                }
            }
        }
    }

    private static func size(of path: String) -> Int64 {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int64(facts.st_size) : 0
    }
}
