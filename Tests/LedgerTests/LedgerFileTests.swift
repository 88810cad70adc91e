// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct `A ledger's file` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `of the first step is brought up to date with all that is in it`() throws {
        // What the first step made, as it was: this text is never changed.
        let first = """
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('1: declarations, snapshot, journal');
            CREATE TABLE declaration (
                endpoint TEXT NOT NULL, deployment TEXT NOT NULL,
                revision INTEGER NOT NULL CHECK (revision > 0), document TEXT NOT NULL,
                declared_at INTEGER NOT NULL, PRIMARY KEY (endpoint, deployment)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE snapshot (
                id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL,
                taken_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE journal (
                sequence INTEGER PRIMARY KEY, decided_at INTEGER NOT NULL,
                moment INTEGER NOT NULL, subjects TEXT NOT NULL, event TEXT NOT NULL,
                effects TEXT NOT NULL, reason TEXT NOT NULL
            ) STRICT;
            CREATE TABLE journal_subject (
                subject TEXT NOT NULL,
                sequence INTEGER NOT NULL REFERENCES journal ON DELETE CASCADE,
                PRIMARY KEY (subject, sequence)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX journal_subject_by_sequence ON journal_subject (sequence);
            INSERT INTO declaration VALUES ('iris', 'default', 7, '{"a":1}', 1700000000000);
            INSERT INTO snapshot VALUES (1, x'414243', 1700000000000);
            INSERT INTO journal VALUES (12, 1700000000000, 5, 'iris/default', 'e', '[]', 'why');
            INSERT INTO journal_subject VALUES ('iris/default', 12);
            """
        try DatabaseQueue(path: folder.ledger).write { try $0.execute(sql: first) }
        let key = try makeKey("iris")

        let ledger = try Ledger(path: folder.ledger)
        try ledger.commit(Transaction(journal: [makeEntry("later", about: "iris/default")]))

        #expect(try ledger.loadDeclarations().map(\.document) == [#"{"a":1}"#])
        #expect(try ledger.loadSnapshot()?.bytes == Data("ABC".utf8))
        #expect(try ledger.journal(about: "iris").map(\.sequence) == [13, 12])
        #expect(try ledger.revisions(of: key, limit: 9).map(\.revision.number) == [7])
    }

    @Test(arguments: ["2: revisions, artefacts", "3: things to come"])
    func `that another version wrote is refused and left alone`(step: String) throws {
        do {
            let ledger = try Ledger(path: folder.ledger)
            try ledger.queue.write {
                try $0.execute(
                    sql: "INSERT INTO grdb_migrations VALUES (?)",
                    arguments: [step]
                )
            }
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.ledger))

        let problem = #expect(throws: Problem.self) {
            try Ledger(path: folder.ledger)
        }

        #expect(problem?.code == "ledgerUnknown")
        #expect(problem?.kind == .conflict)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.ledger)) == before)
    }

    @Test func `that is no database is refused as damaged`() throws {
        try Data(repeating: 0x41, count: 9_000).write(to: URL(fileURLWithPath: folder.ledger))

        let problem = #expect(throws: Problem.self) {
            try Ledger(path: folder.ledger)
        }
        #expect(problem?.code == "ledgerDamaged")
        #expect(problem?.kind == .failed)
    }

    @Test func `in a folder that is not there is refused by name`() {
        let problem = #expect(throws: Problem.self) {
            try Ledger(path: folder.path + "/nowhere/ledger.sqlite")
        }
        #expect(problem?.code == "ledgerUnwritable")
        #expect(problem?.kind == .failed)
    }
}
