// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Vocabulary

extension Ledger {
    /// Writes the backlog and then the transaction, as one transaction of the file.
    func write(
        _ backlog: Backlog,
        then transaction: Transaction,
        numbered records: [JournalRecord]
    ) throws(Problem) {
        guard !transaction.isEmpty || !backlog.isEmpty else { return }
        do {
            try queue.write { database in
                let changes = backlog.changes + transaction.changes
                for change in changes {
                    try Self.apply(change, to: database)
                }
                var state = backlog.state
                state.add(transaction.state)
                try Self.write(state, to: database)
                for record in backlog.journal + records {
                    try Self.append(record, to: database)
                }
                try prune(database, newest: records.last ?? backlog.journal.last)
                if changes.contains(where: \.isWithdrawal) { try pruneWithdrawn(database) }
            }
        } catch {
            throw Problem.ledger(error, doing: "write", path: path)
        }
    }

    private static func apply(_ change: Transaction.Change, to database: Database) throws {
        switch change {
        case .declare(let declaration):
            let arguments: StatementArguments = [
                declaration.key.endpoint.text, declaration.key.deployment.text,
                declaration.revision.number, declaration.document,
                declaration.declaredAt.unixMilliseconds,
            ]
            try database.execute(
                sql: """
                    INSERT INTO declaration
                    (endpoint, deployment, revision, document, declared_at)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET revision = excluded.revision,
                    document = excluded.document, declared_at = excluded.declared_at
                    """,
                arguments: arguments
            )
            try database.execute(
                sql: """
                    INSERT INTO revision (endpoint, deployment, revision, document, declared_at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: arguments
            )
        case .withdraw(let key):
            try database.execute(
                sql: "DELETE FROM declaration WHERE endpoint = ? AND deployment = ?",
                arguments: [key.endpoint.text, key.deployment.text]
            )
        case .forget(let key, let kept):
            let places = kept.map { _ in "?" }.joined(separator: ", ")
            try database.execute(
                sql: """
                    DELETE FROM revision WHERE endpoint = ? AND deployment = ?
                    AND revision NOT IN (\(places))
                    """,
                arguments: [key.endpoint.text, key.deployment.text]
                    + StatementArguments(kept.map(\.number))
            )
        case .keep(let document):
            try execute(
                """
                INSERT OR REPLACE INTO document (kind, name, version, text, declared_at)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    document.id.kind, document.id.name, document.id.version, document.text,
                    document.declaredAt.unixMilliseconds,
                ],
                in: database
            )
        case .drop(let id):
            try execute(
                "DELETE FROM document WHERE kind = ? AND name = ? AND version = ?",
                [id.kind, id.name, id.version],
                in: database
            )
        }
    }

    private static func write(_ change: StateChange, to database: Database) throws {
        if change.replacesAll {
            try database.execute(sql: "DELETE FROM state; DELETE FROM snapshot;")
        }
        for (id, bytes) in change.pieces {
            if let bytes {
                try execute(
                    "INSERT OR REPLACE INTO state (kind, name, bytes) VALUES (?, ?, ?)",
                    [id.kind, id.name, bytes],
                    in: database
                )
            } else {
                try execute(
                    "DELETE FROM state WHERE kind = ? AND name = ?",
                    [id.kind, id.name],
                    in: database
                )
            }
        }
    }

    /// Executes what each decision executes, compiled once.
    private static func execute(
        _ sql: String,
        _ arguments: StatementArguments,
        in database: Database
    ) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private static func append(_ record: JournalRecord, to database: Database) throws {
        let entry = record.entry
        try execute(
            """
            INSERT INTO journal
            (sequence, decided_at, moment, subjects, event, effects, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                record.sequence, entry.decidedAt.unixMilliseconds,
                // SQLite's integers are signed; `Moment.never` must survive the trip.
                Int64(bitPattern: entry.moment.nanoseconds),
                entry.subjects.joined(separator: "\n"), entry.event, entry.effects, entry.reason,
            ],
            in: database
        )
        for subject in entry.subjects {
            try execute(
                "INSERT OR IGNORE INTO journal_subject (subject, sequence) VALUES (?, ?)",
                [subject, record.sequence],
                in: database
            )
        }
    }

    private func prune(_ database: Database, newest: JournalRecord?) throws {
        if let newest {
            try Self.execute(
                "DELETE FROM journal WHERE sequence <= ?",
                [newest.sequence - limits.journalEntries],
                in: database
            )
        }
    }

    /// Forgets the oldest revisions of what was withdrawn: what is declared may serve by an old one.
    private func pruneWithdrawn(_ database: Database) throws {
        try Self.execute(
            """
            DELETE FROM revision WHERE id <= (SELECT max(id) FROM revision) - ?
            AND NOT EXISTS (SELECT 1 FROM declaration WHERE declaration.endpoint = revision.endpoint
            AND declaration.deployment = revision.deployment)
            """,
            [limits.revisions],
            in: database
        )
    }
}

extension Date {
    /// Whole milliseconds since 1970, as the file keeps them.
    var unixMilliseconds: Int64 { Int64((timeIntervalSince1970 * 1_000).rounded()) }

    /// The date that the file's milliseconds stand for.
    init(unixMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(unixMilliseconds) / 1_000)
    }
}
