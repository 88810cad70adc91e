// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
public import Vocabulary

extension Ledger {
    /// Which end of the journal comes first.
    public enum Order: Sendable {
        /// The latest entry first.
        case newestFirst
        /// The latest entry last; a limit still keeps the latest.
        case newestLast
    }

    /// Everything that is wanted, in order of endpoint and deployment.
    public func loadDeclarations() throws(Problem) -> [Declaration] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM declaration ORDER BY endpoint, deployment"
            ).compactMap(Declaration.init(row:))
        }
    }

    /// Past declarations of one deployment, the latest first.
    public func revisions(
        of key: DeploymentKey,
        limit: Int = .max
    ) throws(Problem) -> [Declaration] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM revision WHERE endpoint = ? AND deployment = ?
                    ORDER BY id DESC LIMIT ?
                    """,
                arguments: [key.endpoint.text, key.deployment.text, limit]
            ).compactMap(Declaration.init(row:))
        }
    }

    /// Every document of one kind, in order of name and of when it was declared.
    public func documents(of kind: String) throws(Problem) -> [KeptDocument] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM document WHERE kind = ? ORDER BY name, declared_at, version",
                arguments: [kind]
            ).map { row in
                KeptDocument(
                    id: KeptDocument.ID(
                        kind: row["kind"],
                        name: row["name"],
                        version: row["version"]
                    ),
                    text: row["text"],
                    declaredAt: Date(unixMilliseconds: row["declared_at"])
                )
            }
        }
    }

    /// The pieces of the decider's state after the last transaction, in order; none in a new ledger.
    public func loadState() throws(Problem) -> [(id: StateChange.ID, bytes: Data)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT kind, name, bytes FROM state ORDER BY kind, name"
            ).map { (StateChange.ID(kind: $0["kind"], name: $0["name"]), $0["bytes"]) }
        }
    }

    /// The decider's state as an earlier version left it; nothing once it was written in pieces.
    public func loadSnapshot() throws(Problem) -> Snapshot? {
        try read { database in
            try Data.fetchOne(database, sql: "SELECT bytes FROM snapshot").map(Snapshot.init)
        }
    }

    /// The latest entries about `subject` and everything below it, those in memory included.
    ///
    /// Shape: `iris/default` finds `iris/default` and `iris/default/1`, not `iris/default-2`;
    /// nothing as a subject finds all. At most `limit` entries.
    public func journal(
        about subject: String? = nil,
        limit: Int = 100,
        order: Order = .newestFirst
    ) throws(Problem) -> [JournalRecord] {
        let limit = max(0, limit)
        // Memory before disk: an entry that is written in between is then seen twice, not never.
        let waiting = state.withLock { $0.backlog.journal }
            .filter { subject == nil || $0.entry.isAbout(subject ?? "") }
        let written = try read { database in
            try Self.rows(database, about: subject, limit: limit).map(JournalRecord.init(row:))
        }
        let newestWritten = written.first?.sequence ?? 0
        let newestFirst =
            waiting.filter { $0.sequence > newestWritten }.reversed() + written
        let kept = Array(newestFirst.prefix(limit))
        return order == .newestFirst ? kept : kept.reversed()
    }

    private static func rows(
        _ database: Database,
        about subject: String?,
        limit: Int
    ) throws -> [Row] {
        guard let subject else {
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM journal ORDER BY sequence DESC LIMIT ?",
                arguments: [limit]
            )
        }
        // '0' is the byte after '/': the range is every subject that begins with 'subject/'.
        return try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM journal WHERE sequence IN (
                    SELECT sequence FROM journal_subject
                    WHERE subject = ?1 OR (subject >= ?1 || '/' AND subject < ?1 || '0')
                ) ORDER BY sequence DESC LIMIT ?2
                """,
            arguments: [subject, limit]
        )
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(Problem) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw Problem.ledger(error, doing: "read", path: path)
        }
    }
}

extension JournalEntry {
    fileprivate func isAbout(_ subject: String) -> Bool {
        subjects.contains { $0 == subject || $0.hasPrefix(subject + "/") }
    }
}

extension JournalRecord {
    fileprivate init(row: Row) {
        let subjects: String = row["subjects"]
        self.init(
            sequence: row["sequence"],
            entry: JournalEntry(
                decidedAt: Date(unixMilliseconds: row["decided_at"]),
                moment: Moment(nanoseconds: UInt64(bitPattern: row["moment"] as Int64)),
                subjects: subjects.split(separator: "\n").map(String.init),
                event: row["event"],
                effects: row["effects"],
                reason: row["reason"]
            ),
            isDurable: true
        )
    }
}

extension Declaration {
    // Nothing for a name that is not legal: only a foreign hand can have written it.
    fileprivate init?(row: Row) {
        guard let endpoint = EndpointName(row["endpoint"] as String),
            let deployment = DeploymentName(row["deployment"] as String)
        else { return nil }
        self.init(
            key: DeploymentKey(endpoint: endpoint, deployment: deployment),
            revision: Revision(number: row["revision"]),
            document: row["document"],
            declaredAt: Date(unixMilliseconds: row["declared_at"])
        )
    }
}
