// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// Where things lie below the folder of environments.
///
/// Shape: `<digest>` (a built environment); `.staging/<digest>-<number>` (one that is being built);
/// `.locks/<digest>` (held by who builds it); `.logs/<digest>.log`; `.pythons` (fetched ones).
struct StoreFolder: Hashable, Sendable {
    let root: String

    var staging: String { root + "/.staging" }
    var locks: String { root + "/.locks" }
    var logs: String { root + "/.logs" }
    var pythons: String { root + "/.pythons" }

    func environment(_ digest: Digest) -> String { "\(root)/\(digest)" }
    func lock(_ digest: Digest) -> String { "\(locks)/\(digest)" }
    func log(_ digest: Digest) -> String { "\(logs)/\(digest).log" }
    func resolutionLog(_ digest: Digest) -> String { "\(logs)/\(digest)-resolved.log" }

    /// Makes the folders that are missing.
    ///
    /// Errors: `cannotMakeFolder`, `diskFull`.
    func prepare() throws(Problem) {
        for path in [root, staging, locks, logs] {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
                throw Problem.system("cannotMakeFolder", "make the folder '\(path)'")
            }
        }
    }

    /// Makes a new folder to build `digest` in.
    func makeStaging(_ digest: Digest) throws(Problem) -> String {
        var template = Array("\(staging)/\(digest)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let end = template.firstIndex(of: 0) else {
            throw Problem.system("cannotMakeFolder", "make a folder in '\(staging)'")
        }
        let path = String(decoding: template[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // mkdtemp gives 0700; what is published must be readable by scorers of other users.
        guard chmod(path, 0o755) == 0 else {
            throw Problem.system("cannotMakeFolder", "open the folder '\(path)'")
        }
        return path
    }

    /// Removes the logs that have been written to least recently, but for `count`.
    func pruneLogs(keeping count: Int) {
        let written = Program.names(in: logs).map { name in
            var status = stat()
            _ = stat("\(logs)/\(name)", &status)
            return (seconds: status.st_mtim.tv_sec, name: name)
        }
        for log in written.sorted(by: { $0 > $1 }).dropFirst(count) {
            _ = unlink("\(logs)/\(log.name)")
        }
    }

    /// The digest that a staging folder's name begins with.
    static func digest(ofStaging name: String) -> Digest? { Digest(String(name.prefix(64))) }
}
