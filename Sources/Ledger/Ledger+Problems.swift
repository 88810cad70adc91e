// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Vocabulary

extension Problem {
    /// The problem that an error from the ledger's file stands for.
    static func ledger(_ error: any Error, doing attempt: String, path: String) -> Problem {
        if let problem = error as? Problem { return problem }
        guard let error = error as? DatabaseError else {
            return Problem(
                .failed,
                code: "ledger",
                what: "cannot \(attempt) the ledger '\(path)': \(error)"
            )
        }
        let words = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            return Problem(
                .exhausted,
                code: "diskFull",
                what: "cannot \(attempt) the ledger '\(path)': the disk is full",
                remedy: "free some space where that file lies and ask again"
            )
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return Problem(
                .failed,
                code: "ledgerDamaged",
                what: "cannot \(attempt) the ledger '\(path)': it is damaged (\(words))",
                remedy: "move the file away; models in the models folder are declared anew from it"
            )
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return Problem(
                .failed,
                code: "ledgerUnwritable",
                what: "cannot \(attempt) the ledger '\(path)': \(words)",
                remedy: "let this user write the file and its folder"
            )
        default:
            return Problem(
                .failed,
                code: "ledger",
                what: "cannot \(attempt) the ledger '\(path)': \(words)"
            )
        }
    }
}
