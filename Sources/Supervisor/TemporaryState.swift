// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Ledger
import ModelStore
import Vocabulary
import Wire

/// The state folders of `scorekeeper up`: one for each process, which removes it as it leaves.
enum TemporaryState {
    private static let prefix = "scorekeeper-up-"

    /// The folder of this process.
    ///
    /// Errors: `pathTooLong` where the folder for what is temporary has a long path.
    static func own() throws(Problem) -> StateFolder {
        let folder = FileManager.default.temporaryDirectory.path
        return try StateFolder(path: "\(folder)/\(prefix)\(getpid())")
    }

    /// Removes what processes left behind that were killed; what is in use, or another user's, stays.
    static func sweep() {
        let folder = FileManager.default.temporaryDirectory.path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let pid = Int32(name.dropFirst(prefix.count)), pid > 0,
                let state = try? StateFolder(path: "\(folder)/\(name)"),
                isOurs(state.path), !isInUse(state, by: pid)
            else { continue }
            remove(state)
        }
    }

    /// Removes a state folder and all in it.
    static func remove(_ state: StateFolder) {
        // Copies of models are read-only: the store knows how to remove them.
        if let store = try? ModelStore(folder: state.models) {
            for digest in (try? store.digests()) ?? [] { try? store.discard(digest) }
        }
        try? FileManager.default.removeItem(atPath: state.path)
    }

    private static func isOurs(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
            && facts.st_uid == geteuid()
    }

    /// Whether its process may live, or a gateway or node that outlived it.
    private static func isInUse(_ state: StateFolder, by pid: Int32) -> Bool {
        if kill(pid, 0) == 0 || errno != ESRCH { return true }
        if ServerLock.holder(of: state.path) != nil { return true }
        let run = state.path + "/run"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: run)) ?? []
        return names.contains { name in
            name.hasSuffix(".sock") && (try? PacketSocket(connectingTo: "\(run)/\(name)")) != nil
        }
    }
}
