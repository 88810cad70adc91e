// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import Glibc
import Vocabulary

/// Where the command line writes: answers on standard output, everything about them on standard
/// error.
enum Output {
    /// Prints a line of an answer.
    static func print(_ line: String) {
        write(Data((line + "\n").utf8))
    }

    /// Prints a value for programs.
    static func print(json value: some Encodable) throws {
        write(try ControlCoding.encoder(isPretty: true).encode(value) + Data("\n".utf8))
    }

    /// Writes an answer's bytes as they are.
    ///
    /// Whoever reads may have left, as `head` does: there is nobody to go on for.
    static func write(_ bytes: Data) {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Glibc.write(1, rest.baseAddress, rest.count)
                guard count > 0 || errno == EINTR else { exit(CommandStatus.failed.rawValue) }
                written += max(0, count)
            }
        }
    }

    /// Tells a person something on standard error; what comes from strangers is `printable`.
    ///
    /// A log on a full disk, or one that nobody reads any more, ends no server.
    static func tell(_ line: String) {
        var text = line + "\n"
        text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
