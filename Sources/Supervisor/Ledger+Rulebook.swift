// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Rulebook
import Vocabulary

/// The rulebook as the ledger keeps it.
extension Ledger {
    /// The rulebook that is kept, in pieces or as an earlier version did; an empty one in a new ledger.
    ///
    /// Shape: nothing where another version wrote what this one does not understand.
    func loadRulebook() throws(Problem) -> Rulebook? {
        let pieces = try loadState()
        guard pieces.isEmpty else {
            let decoder = JSONDecoder()
            let parts = try? pieces.map { try decoder.decode(RulebookPart.self, from: $0.bytes) }
            return parts.map { Rulebook($0) }
        }
        guard let snapshot = try loadSnapshot() else { return Rulebook() }
        return try? snapshot.decode(Rulebook.self)
    }
}

extension StateChange {
    /// The changes of a rulebook as the ledger takes them.
    init(_ changes: RulebookChanges) {
        self.init(replacingAll: changes.replacesAll)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for change in changes.all {
            let id = ID(kind: change.id.kind.rawValue, name: change.id.name)
            guard let part = change.part else {
                drop(id)
                continue
            }
            do {
                keep(id, try encoder.encode(part))
            } catch {
                preconditionFailure("a part of the rulebook cannot be written: \(part) \(error)")
            }
        }
    }
}
