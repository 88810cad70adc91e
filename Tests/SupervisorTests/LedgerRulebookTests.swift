// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Ledger
import Rulebook
import Testing
import Vocabulary

@testable import Supervisor

@Suite final class `The rulebook in a ledger` {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("kept-\(UUID().uuidString)")
    private let key = InstanceID("iris/default/1").map(\.key)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func `that an earlier version kept in one piece is read and rewritten`() throws {
        let old = try lived()
        try keepInOnePiece(old, at: path)
        let ledger = try Ledger(path: path)

        var read = try #require(try ledger.loadRulebook())
        let first = read.consider(.began(nodes: [NodeName(number: 1)]), at: now)
        var changes = RulebookChanges(replacingBy: read)
        changes.add(read.changes(by: first))
        read.accept(first)
        try ledger.commit(Transaction(state: StateChange(changes)))

        #expect(try ledger.loadSnapshot() == nil)
        #expect(try Ledger(path: path).loadRulebook() == read)
        // No number of what was deleted before is given again.
        let gone = try #require(InstanceID("gone/default/1")).key
        #expect(read.nextRevision(of: gone) == Revision(number: 2))
    }

    @Test func `is written with each decision as far as it has changed`() throws {
        let ledger = try Ledger(path: path)
        var rulebook = try lived()
        try ledger.commit(
            Transaction(state: StateChange(RulebookChanges(replacingBy: rulebook)))
        )
        let key = try #require(key)

        for event in [
            Event.declared(declaration(key, revision: 2)),
            .prepared(key, Revision(number: 2)), .nodeLost(NodeName(number: 1)), .leave,
        ] {
            let proposal = rulebook.consider(event, at: now)
            let changes = rulebook.changes(by: proposal)
            rulebook.accept(proposal)
            try ledger.commit(Transaction(state: StateChange(changes)))

            #expect(try ledger.loadRulebook() == rulebook, "\(event)")
        }
    }

    @Test func `is nothing where it is not understood, and empty where it never was`() throws {
        #expect(try Ledger(path: path).loadRulebook() == Rulebook())
        var change = StateChange()
        change.keep(StateChange.ID(kind: "later", name: "thing"), Data("{}".utf8))
        try Ledger(path: path).commit(Transaction(state: change))

        #expect(try Ledger(path: path).loadRulebook() == nil)
    }

    private let now = Moment(nanoseconds: 5_000_000_000)

    private var path: String { folder.appendingPathComponent("ledger.sqlite").path }

    /// A rulebook with a deployment that starts, and the memory of two that were deleted, the
    /// later name first.
    private func lived() throws -> Rulebook {
        var rulebook = Rulebook()
        let node = NodeName(number: 1)
        let inventory = NodeInventory(
            name: node,
            millicores: 4_000,
            memoryBytes: 1 << 30,
            isolation: .process,
            held: []
        )
        let gone = try #require(InstanceID("gone/default/1")).key
        let away = try #require(InstanceID("away/default/1")).key
        let events: [Event] = [
            .began(nodes: [node]), .nodeJoined(inventory), .gatewayJoined([]),
            .declared(declaration(gone)), .withdrawn(gone),
            .declared(declaration(away)), .withdrawn(away),
            .declared(declaration(try #require(key))),
            .prepared(try #require(key), Revision(number: 1)),
        ]
        for event in events { _ = rulebook.decide(event, at: now) }
        return rulebook
    }

    private func declaration(
        _ key: DeploymentKey,
        revision: Int = 1
    ) -> DeploymentDeclaration {
        DeploymentDeclaration(
            key: key,
            revision: Revision(number: revision),
            environment: "environment",
            model: "model"
        )
    }

    /// Makes a ledger as versions before the fourth step of its schema left it.
    private func keepInOnePiece(_ rulebook: Rulebook, at path: String) throws {
        _ = try Ledger(path: path)
        let text = String(decoding: try JSONEncoder().encode(rulebook), as: UTF8.self)
            // Nothing had a number then.
            .replacing(/"number":\d+,|,"number":\d+(?=[,}])/, with: "")
        try DatabaseQueue(path: path).write { database in
            try database.execute(
                sql: """
                    DROP TABLE state;
                    DELETE FROM grdb_migrations WHERE identifier = '4: state in pieces';
                    INSERT INTO snapshot VALUES (1, ?, 1700000000000);
                    """,
                arguments: [Data(text.utf8)]
            )
        }
    }
}
