// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary
import Wire

/// The last of what a scorer wrote, for whoever is told that it broke something.
struct OutputTail {
    /// Readable when there is more.
    let descriptor: Descriptor
    private var bytes: [UInt8] = []
    private static let kept = 4 << 10
    private static let shownLines = 3

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// Takes over what is there, whatever its length: a scorer must not wait for us.
    mutating func read() {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        for _ in 0..<64 {
            let count = Glibc.read(descriptor.number, &piece, piece.count)
            guard count > 0 else { return }
            bytes += piece.prefix(count)
            if bytes.count > Self.kept { bytes.removeFirst(bytes.count - Self.kept) }
        }
    }

    /// Its last lines.
    var lines: [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .suffix(Self.shownLines).map(\.printable)
    }
}
