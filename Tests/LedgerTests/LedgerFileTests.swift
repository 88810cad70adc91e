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
        #expect(try ledger.kept().isEmpty)
        #expect(try ledger.journal(about: "iris").map(\.sequence) == [13, 12])
        #expect(try ledger.revisions(of: key, limit: 9).map(\.revision.number) == [7])
    }

    @Test func `of one piece of state for all is read until pieces have been written`() throws {
        do {
            let ledger = try Ledger(path: folder.ledger)
            try ledger.queue.write {
                try $0.execute(sql: "INSERT INTO snapshot VALUES (1, x'7B7D', 1700000000000)")
            }
            // As it is written while nothing was understood of it yet.
            try ledger.commit(Transaction(journal: [makeEntry("began")]))
        }
        let before = try Ledger(path: folder.ledger)
        #expect(try before.loadSnapshot()?.decode([String: Int].self) == [:])

        try before.commit(Transaction(state: makeState(["iris": "1"], replacingAll: true)))

        let after = try Ledger(path: folder.ledger)
        #expect(try after.loadSnapshot() == nil)
        #expect(try after.kept() == ["iris": "1"])
    }

    @Test func `changes in the pieces that a transaction names, and in no other`() throws {
        let ledger = try Ledger(path: folder.ledger)
        let names = (1...400).map { "scale-\($0)" }
        let all = Dictionary(uniqueKeysWithValues: names.map { ($0, "a") })
        try ledger.commit(Transaction(state: makeState(all, replacingAll: true)))
        try ledger.queue.write {
            try $0.execute(
                sql: """
                    CREATE TEMP TABLE touched (name TEXT);
                    CREATE TEMP TRIGGER kept AFTER INSERT ON state
                        BEGIN INSERT INTO touched VALUES (NEW.name); END;
                    CREATE TEMP TRIGGER dropped AFTER DELETE ON state
                        BEGIN INSERT INTO touched VALUES (OLD.name); END;
                    """
            )
        }

        try ledger.commit(
            Transaction(state: makeState(["scale-7": "b"], dropping: ["scale-9"]))
        )

        let touched = try ledger.queue.read {
            try String.fetchAll($0, sql: "SELECT name FROM touched ORDER BY name")
        }
        #expect(touched == ["scale-7", "scale-9"])
        #expect(try ledger.kept().count == 399)
        #expect(try ledger.kept()["scale-7"] == "b")
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
