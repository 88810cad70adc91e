// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Ledger
import ModelStore
import Rulebook
import Vocabulary

/// What a server must remember, in a folder that can be kept elsewhere: its ledger, and the copies of
/// models, code and programs that the ledger's documents need.
///
/// Shape: `ledger.sqlite`, `models/DIGEST/`, as in the state folder. Environments are not in it: they
/// are built again from what the documents say.
public struct Backup: Sendable {
    /// The folder.
    public let path: String

    /// How often the ledger is read anew where a copy went while it was being taken.
    private static let attempts = 3

    /// A backup in the folder at `path`, which there may be or not.
    public init(path: String) { self.path = path }

    /// Takes one of the state folder `state`, while a server runs there or not; how many copies it has.
    ///
    /// Errors: `backupExists` where the folder holds something; `noState`; `backupIncomplete` where
    /// copies are missing; what the ledger and the store say.
    public func take(of state: String) throws(Problem) -> Int {
        let state = try StateFolder(path: state)
        guard access(state.ledger, F_OK) == 0 else {
            throw Problem(
                .notFound,
                code: "noState",
                what: "there is no server's state in '\(state.path)'",
                remedy: "name its folder with --state"
            )
        }
        guard access(state.ledger, R_OK) == 0 else {
            throw Problem(
                .failed,
                code: "stateForbidden",
                what: "cannot read '\(state.ledger)': \(String(cString: strerror(errno)))",
                remedy: "take the backup as the user that the server runs as"
            )
        }
        guard isAbsentOrEmpty else {
            throw Problem(
                .conflict,
                code: "backupExists",
                what: "there is something in '\(path)' already",
                remedy: "name a folder that does not exist yet"
            )
        }
        let staging = "\(path).partial"
        try Self.renew(staging)
        defer { Self.remove(staging) }
        let count = try fill(staging, from: state)
        guard rename(staging, path) == 0 else { throw Self.unwritable(path, errno) }
        return count
    }

    /// Makes a state folder at `state` of it; how many copies that has.
    ///
    /// Errors: `noBackup`; `stateExists` where a ledger is there; `stateInUse`; what ledger and store
    /// say.
    public func restore(to state: String) throws(Problem) -> Int {
        let state = try StateFolder(path: state)
        guard access("\(path)/ledger.sqlite", F_OK) == 0 else {
            throw Problem(
                .notFound,
                code: "noBackup",
                what: "there is no backup in '\(path)'",
                remedy: "name a folder that 'scorekeeper backup' has made"
            )
        }
        guard access(state.ledger, F_OK) != 0 else {
            throw Problem(
                .conflict,
                code: "stateExists",
                what: "cannot restore into '\(state.path)': a server's state is there already",
                remedy: "name another folder with --state, or move that one away"
            )
        }
        let isNew = access(state.path, F_OK) != 0
        do throws(Problem) {
            return try restore(into: state)
        } catch {
            if isNew { Self.remove(state.path) }
            throw error
        }
    }

    private func restore(into state: StateFolder) throws(Problem) -> Int {
        try state.make()
        let lock = try ServerLock(folder: state.path)
        defer { withExtendedLifetime(lock) {} }
        // The ledger comes last: a state folder without one is none, and can be restored into again.
        let arriving = state.ledger + ".restored"
        unlink(arriving)
        do throws(Problem) {
            try Ledger.take("\(path)/ledger.sqlite", to: arriving)
            let count = try Self.copy(Self.contents(of: arriving), from: path, to: state.path)
            guard rename(arriving, state.ledger) == 0 else {
                throw Self.unwritable(state.ledger, errno)
            }
            return count
        } catch {
            unlink(arriving)
            throw error
        }
    }

    private func fill(_ folder: String, from state: StateFolder) throws(Problem) -> Int {
        for attempt in 1... {
            try Self.renew(folder)
            try Ledger.copy(state.ledger, to: "\(folder)/ledger.sqlite")
            let contents = try Self.contents(of: "\(folder)/ledger.sqlite")
            do throws(Problem) {
                return try Self.copy(contents, from: state.path, to: folder)
            } catch {
                // What the ledger needed when it was copied may have been let go since.
                guard error.code == "backupIncomplete", attempt < Self.attempts else { throw error }
            }
        }
        preconditionFailure("an endless loop has ended")
    }

    /// What the documents in a ledger need that a server would keep.
    private static func contents(of path: String) throws(Problem) -> Set<Digest> {
        let ledger = try Ledger(path: path)
        var shelf = try DocumentShelf(ledger)
        let rulebook = try ledger.loadRulebook() ?? Rulebook()
        shelf.forget(except: rulebook.revisionsInUse)
        return shelf.contents.union(try AssetShelf(ledger).contents)
    }

    private static func copy(
        _ contents: Set<Digest>,
        from source: String,
        to target: String
    ) throws(Problem) -> Int {
        let store = try ModelStore(folder: "\(target)/models")
        for digest in contents.sorted() {
            let place = "\(source)/models/\(digest.hexadecimal)"
            guard access(place, F_OK) == 0 else {
                throw Problem(
                    .failed,
                    code: "backupIncomplete",
                    what: "the copy '\(place)', which a document needs, is not there",
                    remedy: "deploy again what it was copied from"
                )
            }
            _ = try store.adopt(copyAt: place, of: digest)
        }
        return contents.count
    }

    private var isAbsentOrEmpty: Bool {
        guard access(path, F_OK) == 0 else { return true }
        return (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
    }

    private static func renew(_ folder: String) throws(Problem) {
        remove(folder)
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw unwritable(folder, errno)
        }
    }

    private static func remove(_ folder: String) {
        guard access(folder, F_OK) == 0 else { return }
        if let store = try? ModelStore(folder: "\(folder)/models") {
            for digest in (try? store.digests()) ?? [] { try? store.discard(digest) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func unwritable(_ path: String, _ number: Int32) -> Problem {
        Problem(
            number == ENOSPC ? .exhausted : .failed,
            code: "backupUnwritable",
            what: "cannot write '\(path)': \(String(cString: strerror(number)))",
            remedy: "name a folder that you may write, with room for the models"
        )
    }
}
