// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

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

    private var line: [UInt8] = []
    private var cutBytes = 0
    /// The last lines, oldest first.
    private(set) var lastLines: [String] = []

    /// Takes bytes as they came; answers whole lines, escaped, each with its newline.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            extend(rest[..<newline])
            end(into: &output)
            rest = rest[(newline + 1)...]
        }
        extend(rest)
        return output
    }

    private mutating func extend(_ part: ArraySlice<UInt8>) {
        let kept = part.prefix(Self.longestLine - line.count)
        line += kept
        cutBytes += part.count - kept.count
    }

    /// Answers what is left of an unfinished line.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        if !line.isEmpty || cutBytes > 0 { end(into: &output) }
        return output
    }

    /// Adds a line of our own.
    mutating func note(_ text: String) -> [UInt8] {
        var output = finish()
        remember(text)
        output += Array(text.utf8) + [UInt8(ascii: "\n")]
        return output
    }

    private mutating func end(into output: inout [UInt8]) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        var text = String(decoding: line, as: UTF8.self).printable
        if cutBytes > 0 { text += " [\(cutBytes) more bytes]" }
        remember(text)
        output += Array(text.utf8)
        output.append(UInt8(ascii: "\n"))
        line.removeAll(keepingCapacity: true)
        cutBytes = 0
    }

    private mutating func remember(_ text: String) {
        lastLines.append(String(text.prefix(Self.longestLastLine)))
        if lastLines.count > Self.lastLineCount { lastLines.removeFirst() }
    }
}
