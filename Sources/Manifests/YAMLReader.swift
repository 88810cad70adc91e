// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibYAML
import Vocabulary

/// Reads one YAML document into a tree, under limits that hold while it reads.
///
/// libyaml checks the grammar and nothing else: it has no limit on depth, its scanner is quadratic
/// in it, and duplicate keys, foreign tags, undefined aliases, several documents and UTF-16 all
/// pass. So the bytes are bounded and checked before they are handed over, and the rest is checked
/// event by event, which stops a deep document at its 65th level.
///
/// Decisions that YAML leaves open:
/// - A key stands once in a mapping, and is a scalar.
/// - A merge key (`<<`) is refused: what it means differs between readers, and neither MLflow,
///   conda nor Azure's tools write it.
/// - A directive, a line that begins with `%`, is refused: nobody writes one, and libyaml compares
///   each with all before it.
/// - Tags other than `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq`, `!!map` are refused.
/// - An alias counts as a copy of what it stands for, with all its nodes and aliases.
///
/// Errors: those above are collected; what ends the reading is the last problem.
struct YAMLReader {
    /// How much of a document is read.
    struct Limits {
        /// Bytes, before anything is parsed.
        var bytes = 1 << 20
        /// Lists and mappings inside each other.
        var depth = 64
        /// Values, aliases counted with all they stand for.
        var nodes = 100_000
        /// Aliases, those inside an aliased value counted again.
        var aliases = 1_000
    }

    /// Reads `bytes`; nothing, with at least one problem, when they are refused.
    static func read(
        _ bytes: [UInt8],
        file: String,
        into findings: inout Findings,
        limits: Limits = Limits()
    ) -> YAMLNode? {
        guard
            let text = TextCheck.text(
                bytes,
                file: file,
                limit: limits.bytes,
                into: &findings
            )
        else { return nil }
        if let line = firstDirective(text) {
            findings.refuse(
                "directive",
                "a directive of YAML ('%') stands here",
                "remove the line",
                at: Problem.Location(file: file, line: line, column: 1)
            )
            return nil
        }
        var builder = YAMLTreeBuilder(file: file, limits: limits)
        text.withUnsafeBufferPointer { buffer in
            YAMLEvents.forEach(in: buffer) { builder.take($0) }
        }
        findings.add(builder.findings)
        return builder.findings.isClean ? builder.root : nil
    }

    /// The first line that begins with `%`.
    private static func firstDirective(_ text: ArraySlice<UInt8>) -> Int? {
        text.withUnsafeBufferPointer { buffer in
            var line = 1
            var isStart = true
            var index = 0
            while index < buffer.count {
                let byte = buffer[index]
                if isStart, byte == UInt8(ascii: "%") { return line }
                isStart = byte == UInt8(ascii: "\n")
                if isStart { line += 1 }
                index += 1
            }
            return nil
        }
    }
}
