// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

import struct Crypto.SHA256

/// The digest of a tree: of its paths, in order, and of what its files hold.
///
/// Shape: SHA-256 over the line `scorekeeper-model 1` and one line for each entry in the order of
/// its path's bytes, `d LENGTH:PATH`, `f LENGTH:PATH SIZE SHA256` or, for a program, the same with
/// `x`. The length keeps a name with spaces or line feeds from passing for another entry. Owners,
/// modes and times do not count.
struct ContentDigest {
    private var lines: [(path: String, line: String)] = []

    mutating func addDirectory(_ path: String) {
        lines.append((path, "d \(path.utf8.count):\(path)\n"))
    }

    mutating func addFile(
        _ path: String,
        size: Int64,
        hash: SHA256.Digest,
        isProgram: Bool = false
    ) {
        let words = Digest(bytes: Array(hash))?.hexadecimal ?? ""
        let kind = isProgram ? "x" : "f"
        lines.append((path, "\(kind) \(path.utf8.count):\(path) \(size) \(words)\n"))
    }

    /// The digest of all that was added, whatever the order it came in.
    func finish() throws(Problem) -> Digest {
        var hasher = SHA256()
        hasher.update(data: Array("scorekeeper-model 1\n".utf8))
        let sorted = lines.sorted {
            Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8))
        }
        for entry in sorted { hasher.update(data: Array(entry.line.utf8)) }
        guard let digest = Digest(bytes: Array(hasher.finalize())) else {
            throw Problem(.failed, code: "digest", what: "cannot take the digest of a model")
        }
        return digest
    }
}
