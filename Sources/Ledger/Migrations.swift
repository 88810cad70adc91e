// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The ledger's schema as the steps that lead to it; `Schema.md` says what each table is for.
///
/// A step that has been released is never changed: files in the world were made by it.
enum Migrations {
    /// Every step, oldest first.
    static func all() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: declarations, snapshot, journal") { database in
            try database.execute(
                sql: """
                    CREATE TABLE declaration (
                        endpoint TEXT NOT NULL,
                        deployment TEXT NOT NULL,
                        revision INTEGER NOT NULL CHECK (revision > 0),
                        document TEXT NOT NULL,
                        declared_at INTEGER NOT NULL,
                        PRIMARY KEY (endpoint, deployment)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE snapshot (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        bytes BLOB NOT NULL,
                        taken_at INTEGER NOT NULL
                    ) STRICT;

                    CREATE TABLE journal (
                        sequence INTEGER PRIMARY KEY,
                        decided_at INTEGER NOT NULL,
                        moment INTEGER NOT NULL,
                        subjects TEXT NOT NULL,
                        event TEXT NOT NULL,
                        effects TEXT NOT NULL,
                        reason TEXT NOT NULL
                    ) STRICT;

                    CREATE TABLE journal_subject (
                        subject TEXT NOT NULL,
                        sequence INTEGER NOT NULL REFERENCES journal ON DELETE CASCADE,
                        PRIMARY KEY (subject, sequence)
                    ) STRICT, WITHOUT ROWID;

                    CREATE INDEX journal_subject_by_sequence ON journal_subject (sequence);
                    """
            )
        }
        migrator.registerMigration("2: revisions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE revision (
                        id INTEGER PRIMARY KEY,
                        endpoint TEXT NOT NULL,
                        deployment TEXT NOT NULL,
                        revision INTEGER NOT NULL,
                        document TEXT NOT NULL,
                        declared_at INTEGER NOT NULL
                    ) STRICT;

                    CREATE INDEX revision_by_deployment ON revision (endpoint, deployment, id);

                    INSERT INTO revision (endpoint, deployment, revision, document, declared_at)
                    SELECT endpoint, deployment, revision, document, declared_at
                    FROM declaration ORDER BY declared_at, endpoint, deployment;
                    """
            )
        }
        migrator.registerMigration("3: documents") { database in
            try database.execute(
                sql: """
                    CREATE TABLE document (
                        kind TEXT NOT NULL,
                        name TEXT NOT NULL,
                        version TEXT NOT NULL,
                        text TEXT NOT NULL,
                        declared_at INTEGER NOT NULL,
                        PRIMARY KEY (kind, name, version)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("4: state in pieces") { database in
            // What is in 'snapshot' stays until the decider, who alone understands it, has written
            // it here.
            try database.execute(
                sql: """
                    CREATE TABLE state (
                        kind TEXT NOT NULL,
                        name TEXT NOT NULL,
                        bytes BLOB NOT NULL,
                        PRIMARY KEY (kind, name)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
        return migrator
    }
}
