// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
public import Vocabulary

extension Ledger {
    /// Copies the ledger at `source` to `target` as it is at one moment, while a server writes it.
    ///
    /// Errors: `ledgerDamaged`, `ledgerUnwritable`, `diskFull`, as for opening one.
    ///
    /// Source: SQLite, "Using the SQLite Online Backup API"; the reader holds up no writer.
    public static func copy(_ source: String, to target: String) throws(Problem) {
        do {
            try makePrivateFile(target)
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let from = try DatabaseQueue(path: source, configuration: configuration)
            let into = try DatabaseQueue(path: target)
            try from.backup(to: into)
            try into.close()
            try from.close()
        } catch {
            throw Problem.ledger(error, doing: "copy", path: source)
        }
    }

    /// Copies the ledger of a backup, which nobody writes and which may lie where nobody may.
    ///
    /// SQLite cannot open one that is written ahead without writing beside it, so its bytes are
    /// copied; only where something was written ahead does SQLite copy it.
    /// Errors: as for `copy`.
    public static func take(_ source: String, to target: String) throws(Problem) {
        var facts = stat()
        if stat("\(source)-wal", &facts) == 0, facts.st_size > 0 {
            return try copy(source, to: target)
        }
        do {
            try makePrivateFile(target)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: source), options: .alwaysMapped)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
            try file.write(contentsOf: bytes)
            try file.synchronize()
            try file.close()
        } catch let error as Problem {
            throw error
        } catch {
            let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
            throw Problem(
                isFull ? .exhausted : .failed,
                code: isFull ? "diskFull" : "ledgerUnreadable",
                what: "cannot copy the ledger '\(source)': \(error.localizedDescription)",
                remedy: isFull
                    ? "free some space and ask again" : "let this user read the backup"
            )
        }
    }
}
