// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What becomes of copies that no document needs, when a server begins.
///
/// An earlier life may have left some behind, and they are removed. But where nothing is declared
/// at all, it may be the ledger that was lost, and the copies all that is left: they stay.
struct UnneededCopies: Equatable {
    /// Copies to remove.
    let removed: [Digest]
    /// Copies that stay though nothing needs them.
    let kept: [Digest]

    /// Sorts `copies` by what was declared.
    init(_ copies: [Digest], neededBy needed: Set<Digest>, isAnythingDeclared: Bool) {
        let unneeded = copies.filter { !needed.contains($0) }
        removed = isAnythingDeclared ? unneeded : []
        kept = isAnythingDeclared ? [] : unneeded
    }

    /// What a person should be told; nothing where nothing is kept.
    func warning(in state: StateFolder) -> String? {
        guard !kept.isEmpty else { return nil }
        let count = Counted(kept.count, "copy", plural: "copies")
        let lie = count.verb("lies", "lie")
        return "the ledger '\(state.ledger)' declares nothing, and \(count) of models \(lie) in "
            + "'\(state.models)': was it emptied or replaced? They stay until something is "
            + "declared and the server starts again. Stop it; then move '\(state.path)' away and "
            + "restore a backup in its place ('scorekeeper restore'), or remove '\(state.models)'"
    }
}
