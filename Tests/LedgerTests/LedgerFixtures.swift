// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Ledger

/// A folder that is there for one test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    var ledger: String { path + "/ledger.sqlite" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

func makeKey(_ endpoint: String, _ deployment: String = "default") throws -> DeploymentKey {
    DeploymentKey(
        endpoint: try #require(EndpointName(endpoint)),
        deployment: try #require(DeploymentName(deployment))
    )
}

func makeDeclaration(_ key: DeploymentKey, revision: Int) -> Declaration {
    Declaration(
        key: key,
        revision: Revision(number: revision),
        document: #"{"instances":\#(revision)}"#,
        declaredAt: Date(timeIntervalSince1970: 1_700_000_000 + Double(revision))
    )
}

/// A change of pieces by name, as texts.
func makeState(
    _ pieces: [String: String],
    dropping dropped: [String] = [],
    replacingAll: Bool = false
) -> StateChange {
    var change = StateChange(replacingAll: replacingAll)
    for (name, text) in pieces { change.keep(stateID(name), Data(text.utf8)) }
    for name in dropped { change.drop(stateID(name)) }
    return change
}

func stateID(_ name: String) -> StateChange.ID { StateChange.ID(kind: "deployment", name: name) }

extension Ledger {
    /// The pieces that are kept, by name, as texts.
    func kept() throws -> [String: String] {
        let pieces = try loadState().map { ($0.id.name, String(decoding: $0.bytes, as: UTF8.self)) }
        return Dictionary(uniqueKeysWithValues: pieces)
    }
}

func makeEntry(_ event: String, about subjects: String..., size: Int = 0) -> JournalEntry {
    JournalEntry(
        decidedAt: Date(timeIntervalSince1970: 1_700_000_000.125),
        moment: Moment(nanoseconds: 42),
        subjects: subjects,
        event: event,
        effects: "[]",
        reason: "because of \(event)" + String(repeating: ".", count: size)
    )
}
