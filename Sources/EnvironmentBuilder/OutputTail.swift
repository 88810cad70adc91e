// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program's output as it comes: cut into lines, its end kept.
struct OutputTail {
    /// Most bytes that are kept.
    let limit: Int
    private var kept: [UInt8] = []
    private var unfinished: [UInt8] = []

    /// Makes an empty one that keeps `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// What is kept, as text without the control characters that terminals act upon.
    var text: String { Self.printable(kept) }

    /// Takes in what can be read without waiting; hands each complete line to `line`.
    ///
    /// At most `most` bytes at once: a program that writes as fast as we read must not keep us from
    /// seeing that its time is up.
    mutating func read(from descriptor: Int32, most: Int, line: (String) -> Void) {
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        var taken = 0
        while taken < most {
            let length = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if length < 0 && errno == EINTR { continue }
            guard length > 0 else { break }
            append(bytes.prefix(length), line: line)
            taken += length
        }
    }

    /// Takes in some bytes; hands each complete line to `line`.
    mutating func append(_ bytes: some Collection<UInt8>, line: (String) -> Void) {
        kept += bytes
        if kept.count > limit { kept.removeFirst(kept.count - limit) }
        for byte in bytes {
            let isEnd = byte == UInt8(ascii: "\n")
            if isEnd || unfinished.count == limit {
                line(Self.printable(unfinished))
                unfinished = []
            }
            if !isEnd { unfinished.append(byte) }
        }
    }

    private static func printable(_ bytes: [UInt8]) -> String {
        var text = String()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars
        where scalar == "\n" || scalar == "\t" || !scalar.properties.generalCategory.isControl {
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool { self == .control || self == .format }
}
