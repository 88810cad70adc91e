// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Synchronization
public import Vocabulary

/// What survives: what is wanted, where the decider stood, and why it decided as it did.
///
/// One SQLite file with one writer. `commit` is durable before it returns (write-ahead log,
/// `synchronous = FULL`), so that an effect is never visible before its reason. A disk that will
/// not take it is met in two ways: what was *requested* is refused by `commit`, because a promise
/// that would be forgotten is no promise; what was *observed* is kept in memory by `record` and
/// written with the next thing that can be, because recovery must not need a disk.
///
/// The ledger knows no decision: values come as JSON or bytes and leave as they came.
public final class Ledger: Sendable {
    /// How much is kept.
    public struct Limits: Hashable, Sendable {
        /// Most journal entries on disk; the oldest go first.
        public var journalEntries: Int64
        /// Most journal entries in memory while the disk is full.
        public var backlogEntries: Int
        /// Most past revisions on disk, over all deployments.
        public var revisions: Int64
        /// Most bytes that the file may take; reaching it is like a full disk.
        public var fileBytes: Int64

        /// Makes limits; what is left out is a sensible default.
        public init(
            journalEntries: Int64 = 50_000,
            backlogEntries: Int = 2_000,
            revisions: Int64 = 1_000,
            fileBytes: Int64 = 1 << 30
        ) {
            self.journalEntries = journalEntries
            self.backlogEntries = backlogEntries
            self.revisions = revisions
            self.fileBytes = fileBytes
        }
    }

    struct State {
        var backlog: Backlog
        var nextSequence: Int64
    }

    /// Where the file is.
    public let path: String
    let limits: Limits
    let queue: DatabaseQueue
    let state: Mutex<State>

    /// Opens the ledger at `path`, making the file (mode 0600) or bringing an older one up to date.
    ///
    /// Errors: `ledgerUnwritable`, `ledgerDamaged`, `diskFull`; `ledgerUnknown` when another
    /// version of Scorekeeper wrote it, with a step of the schema that this one does not know.
    public init(path: String, limits: Limits = Limits()) throws(Problem) {
        self.path = path
        self.limits = limits
        do {
            // SQLite would make the file readable to all; declarations may carry secrets.
            try Self.makePrivateFile(path)
            queue = try DatabaseQueue(path: path, configuration: Self.configuration(limits))
            let migrator = Migrations.all()
            if try queue.read({ try migrator.hasBeenSuperseded($0) }) {
                throw Problem(
                    .conflict,
                    code: "ledgerUnknown",
                    what: "cannot open the ledger '\(path)': another Scorekeeper version wrote it",
                    remedy: "start that one, or give another state folder"
                )
            }
            try migrator.migrate(queue)
            let last = try queue.read {
                try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM journal")
            }
            state = Mutex(
                State(
                    backlog: Backlog(limit: limits.backlogEntries),
                    nextSequence: (last ?? 0) + 1
                )
            )
        } catch {
            throw Problem.ledger(error, doing: "open", path: path)
        }
    }

    /// Writes what was requested; when this returns it survives a power cut.
    ///
    /// What `record` could not write earlier goes with it, in the same transaction and before it.
    ///
    /// Errors: `diskFull` (refuse the request with 507), `ledger...` for other failures. Nothing of
    /// `transaction` is kept then.
    public func commit(_ transaction: Transaction) throws(Problem) {
        try state.withLock { (state) throws(Problem) in
            let records = Self.number(transaction.journal, from: state.nextSequence)
            try write(state.backlog, then: transaction, numbered: records)
            state.backlog.clear()
            state.nextSequence += Int64(records.count)
        }
    }

    /// Writes what was observed; where the disk does not take it, it waits in memory.
    ///
    /// Shape: nothing when all is on disk; otherwise the problem that keeps it from there, for a
    /// notice. The entries are read by `journal` all the same.
    @discardableResult
    public func record(_ transaction: Transaction) -> Problem? {
        state.withLock { state in
            let records = Self.number(transaction.journal, from: state.nextSequence)
            state.nextSequence += Int64(records.count)
            do throws(Problem) {
                try write(state.backlog, then: transaction, numbered: records)
                state.backlog.clear()
                return nil
            } catch {
                state.backlog.append(transaction, numbered: records)
                return error
            }
        }
    }

    /// How many observed entries wait in memory, and how many were lost because too many waited.
    public var waiting: (entries: Int, lost: Int) {
        state.withLock { ($0.backlog.journal.count, $0.backlog.lost) }
    }

    private static func number(_ entries: [JournalEntry], from first: Int64) -> [JournalRecord] {
        entries.enumerated().map { offset, entry in
            JournalRecord(sequence: first + Int64(offset), entry: entry, isDurable: false)
        }
    }

    static func makePrivateFile(_ path: String) throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw Problem(
                errno == ENOSPC ? .exhausted : .failed,
                code: errno == ENOSPC ? "diskFull" : "ledgerUnwritable",
                what: "cannot open the ledger '\(path)': \(reason)",
                remedy: "let this user write the file and its folder"
            )
        }
        _ = close(descriptor)
    }

    private static func configuration(_ limits: Limits) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Not by GRDB's `journalMode`: that sets `synchronous` to NORMAL afterwards, which may
            // lose the last commits when the power is cut.
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            try database.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA foreign_keys = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA journal_size_limit = 4194304;
                    """
            )
            let pageBytes = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 4_096
            let pages = max(1, limits.fileBytes / pageBytes)
            // Answers a row, so it is fetched; SQLite never sets it below what the file has.
            _ = try Int64.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
        }
        return configuration
    }
}
