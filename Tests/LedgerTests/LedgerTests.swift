// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Ledger

@Suite struct `A ledger` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `gives back after a restart what was committed`() throws {
        let iris = makeDeclaration(try makeKey("iris"), revision: 3)
        let entry = makeEntry("ready", about: "iris/default/1", "node-1")
        do {
            let ledger = try Ledger(path: folder.ledger)
            try ledger.commit(
                Transaction(
                    changes: [.declare(iris)],
                    state: makeState(["iris": "2"]),
                    journal: [entry]
                )
            )
        }

        let ledger = try Ledger(path: folder.ledger)

        #expect(try ledger.loadDeclarations() == [iris])
        #expect(try ledger.kept() == ["iris": "2"])
        #expect(
            try ledger.journal()
                == [JournalRecord(sequence: 1, entry: entry, isDurable: true)]
        )
    }

    @Test func `writes through to the disk before it answers`() throws {
        let ledger = try Ledger(path: folder.ledger)

        let settings = try ledger.queue.read { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(database, sql: "PRAGMA synchronous")
            )
        }

        #expect(settings.0 == "wal")
        #expect(settings.1 == 2)
    }

    @Test func `is readable to its owner only`() throws {
        let ledger = try Ledger(path: folder.ledger)
        try ledger.commit(Transaction(journal: [makeEntry("start")]))

        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.ledger + suffix
            )
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `forgets a withdrawn deployment and remembers its revisions`() throws {
        let ledger = try Ledger(path: folder.ledger)
        let (iris, wine) = (try makeKey("iris"), try makeKey("wine"))
        for revision in 1...3 {
            try ledger.commit(
                Transaction(changes: [.declare(makeDeclaration(iris, revision: revision))])
            )
        }

        try ledger.commit(
            Transaction(changes: [
                .withdraw(iris), .declare(makeDeclaration(wine, revision: 1)),
            ])
        )

        #expect(try ledger.loadDeclarations().map(\.key) == [wine])
        #expect(try ledger.revisions(of: iris, limit: 2).map(\.revision.number) == [3, 2])
    }

    @Test func `finds what lies below a subject and nothing beside it`() throws {
        let ledger = try Ledger(path: folder.ledger)
        try ledger.commit(
            Transaction(journal: [
                makeEntry("one", about: "iris/default/1"),
                makeEntry("two", about: "iris/default"),
                makeEntry("three", about: "iris/default-2/1"),
                makeEntry("four", about: "node-1", "iris/default/11"),
            ])
        )

        let below = try ledger.journal(about: "iris/default", order: .newestLast)
        let instance = try ledger.journal(about: "iris/default/1")
        let latest = try ledger.journal(about: "iris", limit: 2)

        #expect(below.map(\.entry.event) == ["one", "two", "four"])
        #expect(instance.map(\.entry.event) == ["one"])
        #expect(latest.map(\.entry.event) == ["four", "three"])
        #expect(try ledger.journal(about: "iris/default-").isEmpty)
    }

    @Test func `keeps the newest entries and never uses a number again`() throws {
        let limits = Ledger.Limits(journalEntries: 3, revisions: 2)
        let key = try makeKey("iris")
        do {
            let ledger = try Ledger(path: folder.ledger, limits: limits)
            for number in 1...5 {
                try ledger.commit(
                    Transaction(
                        changes: [.declare(makeDeclaration(key, revision: number))],
                        journal: [makeEntry("\(number)", about: "iris/default")]
                    )
                )
            }
        }

        let ledger = try Ledger(path: folder.ledger, limits: limits)
        try ledger.commit(Transaction(journal: [makeEntry("6", about: "iris/default")]))

        #expect(try ledger.journal().map(\.sequence) == [6, 5, 4])
        #expect(try ledger.journal(about: "iris").map(\.sequence) == [6, 5, 4])
    }

    @Test func `forgets revisions only of what was withdrawn, or where it is told so`() throws {
        let ledger = try Ledger(
            path: folder.ledger,
            limits: Ledger.Limits(journalEntries: 3, revisions: 2)
        )
        let (iris, wine) = (try makeKey("iris"), try makeKey("wine"))
        for key in [iris, wine] {
            for number in 1...5 {
                try ledger.commit(
                    Transaction(changes: [.declare(makeDeclaration(key, revision: number))])
                )
            }
        }
        let kept = [1, 5].map { Revision(number: $0) }

        try ledger.commit(Transaction(changes: [.forget(wine, except: kept), .withdraw(iris)]))

        #expect(try ledger.revisions(of: wine).map(\.revision.number) == [5, 1])
        #expect(try ledger.revisions(of: iris).isEmpty)
    }

    @Test func `keeps a moment that never comes`() throws {
        let ledger = try Ledger(path: folder.ledger)
        let entry = JournalEntry(
            decidedAt: Date(timeIntervalSince1970: 0),
            moment: .never,
            subjects: [],
            event: "",
            effects: "",
            reason: ""
        )

        try ledger.commit(Transaction(journal: [entry]))

        #expect(try ledger.journal().first?.entry == entry)
    }

    @Test func `writes nothing of a transaction of which one part is refused`() throws {
        let ledger = try Ledger(path: folder.ledger)
        let wrong = makeDeclaration(try makeKey("iris"), revision: 0)

        #expect(throws: Problem.self) {
            try ledger.commit(
                Transaction(changes: [.declare(wrong)], journal: [makeEntry("declared")])
            )
        }

        #expect(try ledger.loadDeclarations().isEmpty)
        #expect(try ledger.journal().isEmpty)
    }
}

@Suite struct `A document` {
    @Test func `is kept by kind, name and version until it is dropped, over a restart`() throws {
        let folder = try TemporaryFolder()
        let first = KeptDocument.ID(kind: "model", name: "iris", version: "1")
        let second = KeptDocument.ID(kind: "model", name: "iris", version: "2")
        let other = KeptDocument.ID(kind: "endpoint", name: "iris")
        let date = Date(timeIntervalSince1970: 1_700_000_000)
        func document(
            _ id: KeptDocument.ID,
            _ text: String,
            after seconds: Double
        )
            -> KeptDocument
        { KeptDocument(id: id, text: text, declaredAt: date + seconds) }
        do {
            let ledger = try Ledger(path: folder.ledger)
            for (id, text) in [(first, "a"), (second, "b"), (other, "c"), (first, "d")] {
                try ledger.commit(
                    Transaction(changes: [.keep(document(id, text, after: id == first ? 0 : 1))])
                )
            }
            try ledger.commit(Transaction(changes: [.drop(other)]))
        }

        let ledger = try Ledger(path: folder.ledger)

        #expect(
            try ledger.documents(of: "model")
                == [document(first, "d", after: 0), document(second, "b", after: 1)]
        )
        #expect(try ledger.documents(of: "endpoint").isEmpty)
    }
}
