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
}
