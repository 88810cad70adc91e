// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct `A ledger on a full disk` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `refuses what was requested and keeps nothing of it`() throws {
        let ledger = try Ledger(path: folder.ledger)
        let key = try makeKey("iris")
        try ledger.commit(Transaction(changes: [.declare(makeDeclaration(key, revision: 1))]))
        try setFull(ledger, true)

        let problem = #expect(throws: Problem.self) {
            try ledger.commit(
                Transaction(
                    changes: [.declare(makeDeclaration(key, revision: 2))],
                    journal: [makeEntry("declared", about: "iris/default", size: 100_000)]
                )
            )
        }

        #expect(problem?.code == "diskFull")
        #expect(problem?.kind == .exhausted)
        #expect(try ledger.loadDeclarations().map(\.revision.number) == [1])
        #expect(try ledger.journal().isEmpty)
        #expect(ledger.waiting.entries == 0)
    }

    @Test func `keeps what was observed and writes it with the next that can be written`() throws {
        let ledger = try Ledger(path: folder.ledger)
        try ledger.commit(Transaction(state: makeState(["wine": "before"])))
        try setFull(ledger, true)
        let observed = Transaction(
            state: makeState(["iris": "after"], dropping: ["wine"]),
            journal: [makeEntry("exited", about: "iris/default/1", size: 100_000)]
        )

        #expect(ledger.record(observed)?.code == "diskFull")
        let waiting = try ledger.journal(about: "iris")
        #expect(waiting.map(\.entry.event) == ["exited"])
        #expect(waiting.map(\.isDurable) == [false])
        #expect(try ledger.kept() == ["wine": "before"])

        try setFull(ledger, false)
        try ledger.commit(
            Transaction(
                state: makeState(["rye": "later"]),
                journal: [makeEntry("declared", about: "iris/default")]
            )
        )

        let written = try Ledger(path: folder.ledger)
        #expect(try written.journal(about: "iris").map(\.entry.event) == ["declared", "exited"])
        #expect(try written.journal(about: "iris").map(\.sequence) == [2, 1])
        #expect(try written.kept() == ["iris": "after", "rye": "later"])
        #expect(ledger.waiting.entries == 0)
    }

    @Test func `keeps the newest of what was observed, and counts the rest`() throws {
        let ledger = try Ledger(
            path: folder.ledger,
            limits: Ledger.Limits(backlogEntries: 3)
        )
        try setFull(ledger, true)

        for number in 1...5 {
            ledger.record(Transaction(journal: [makeEntry("\(number)", size: 100_000)]))
        }

        #expect(try ledger.journal(limit: 2).map(\.entry.event) == ["5", "4"])
        #expect(ledger.waiting == (3, 2))
        try setFull(ledger, false)
        #expect(ledger.record(Transaction()) == nil)
        #expect(try ledger.journal().map(\.sequence) == [5, 4, 3])
        #expect(try ledger.journal().allSatisfy(\.isDurable))
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func `that is really full refuses, keeps, and recovers when space is freed`() async {
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try mountSmallDisk(at: path)
            let ledger = try Ledger(path: path + "/ledger.sqlite")
            let ballast = path + "/ballast"
            fillDisk(with: ballast)

            let request = Transaction(journal: [makeEntry("requested", size: 50_000)])
            let problem = #expect(throws: Problem.self) { try ledger.commit(request) }
            #expect(problem?.code == "diskFull")
            let observed = Transaction(journal: [makeEntry("observed", size: 50_000)])
            #expect(ledger.record(observed)?.code == "diskFull")

            #expect(unlink(ballast) == 0)
            try ledger.commit(request)
            #expect(try ledger.journal().map(\.entry.event) == ["requested", "observed"])
            #expect(try ledger.journal().allSatisfy(\.isDurable))
        }
    }

    // No more pages than the file has: what a full disk means to SQLite.
    private func setFull(_ ledger: Ledger, _ isFull: Bool) throws {
        let pages = isFull ? 1 : 1_000_000
        _ = try ledger.queue.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}

/// Mounts a file system of 1 MiB that nobody but this process sees.
private func mountSmallDisk(at path: String) throws {
    // Glibc's module leaves unshare(2) out; the library has it.
    typealias Unshare = @convention(c) (Int32) -> Int32
    let symbol = try #require(dlsym(nil, "unshare"))
    let newMounts: Int32 = 0x20000
    try #require(unsafeBitCast(symbol, to: Unshare.self)(newMounts) == 0)
    try #require(mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0)
    try #require(mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0)
}

private func fillDisk(with path: String) {
    let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
    defer { _ = close(descriptor) }
    for size in [65_536, 4_096, 1] {
        let bytes = [UInt8](repeating: 1, count: size)
        while write(descriptor, bytes, size) > 0 {}
    }
}
