// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary

/// A scorer's output made fit for a file and a terminal: lines, escaped, cut, counted.
///
/// What a scorer prints is foreign bytes: escape sequences would act on the terminal of whoever
/// reads the log, NULs and broken UTF-8 end the tools that search it, and a line may be 10 MB.
struct LogText {
    /// Most bytes kept of one line.
    static let longestLine = 8_192
    /// How many lines are kept for a report of the end.
    static let lastLineCount = 40
    /// Most bytes of a line in such a report.
    static let longestLastLine = 512

    /// What is written before each line; never a part of the report of the end.
    var stamp: [UInt8] = []

    private var line: [UInt8] = []
    private var cutBytes = 0
    private var recent: [[UInt8]] = []

    /// The last lines, oldest first.
    var lastLines: [String] { recent.map { String(decoding: $0, as: UTF8.self) } }

    /// Takes bytes as they came; answers whole lines, escaped, each with its newline.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        bytes.withUnsafeBytes { rest in
            var start = 0
            while start < rest.count {
                let tail = UnsafeRawBufferPointer(rebasing: rest[start...])
                guard let length = Self.lengthOfLine(tail) else { return extend(tail) }
                extend(UnsafeRawBufferPointer(rebasing: tail[..<length]))
                end(into: &output)
                start += length + 1
            }
        }
        return output
    }

    private static func lengthOfLine(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress,
            let newline = memchr(start, Int32(UInt8(ascii: "\n")), bytes.count)
        else { return nil }
        return UnsafeRawPointer(newline) - start
    }

    private mutating func extend(_ part: UnsafeRawBufferPointer) {
        let kept = min(part.count, Self.longestLine - line.count)
        line.append(contentsOf: part[..<kept])
        cutBytes += part.count - kept
    }

    /// Answers what is left of an unfinished line.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        if !line.isEmpty || cutBytes > 0 { end(into: &output) }
        return output
    }

    /// A line of our own that no report of the end repeats.
    func heading(_ text: String) -> [UInt8] {
        stamp + Array(text.utf8) + [UInt8(ascii: "\n")]
    }

    /// Adds a line of our own.
    mutating func note(_ text: String) -> [UInt8] {
        let unfinished = finish()
        let bytes = Array(text.utf8)
        remember(bytes)
        return unfinished + stamp + bytes + [UInt8(ascii: "\n")]
    }

    private mutating func end(into output: inout [UInt8]) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        // Nearly every line is plain, and a flood is made of such lines.
        var text = Self.isPlain(line) ? line : Self.printable(line)
        if cutBytes > 0 { text += Array(" [\(cutBytes) more bytes]".utf8) }
        remember(text)
        output += stamp
        output += text
        output.append(UInt8(ascii: "\n"))
        line.removeAll(keepingCapacity: true)
        cutBytes = 0
    }

    private mutating func remember(_ text: [UInt8]) {
        recent.append(Array(text.prefix(Self.longestLastLine)))
        if recent.count > Self.lastLineCount { recent.removeFirst() }
    }

    private static func printable(_ line: [UInt8]) -> [UInt8] {
        Array(String(decoding: line, as: UTF8.self).printable.utf8)
    }

    /// Whether every byte stands for itself wherever it is shown; by hand, for its speed.
    private static func isPlain(_ line: [UInt8]) -> Bool {
        line.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count {
                if bytes[index] < 0x20 || bytes[index] > 0x7e { return false }
                index += 1
            }
            return true
        }
    }
}
