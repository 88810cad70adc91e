// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is remembered of deployments that are gone, so that no number of theirs is given again.
///
/// A late word about a run of a deployment that was deleted must not match a run of a later one of
/// the same name. The oldest are forgotten first.
struct Departed: Codable, Equatable, Sendable {
    /// One deployment that is gone.
    struct Memory: Codable, Equatable, Sendable {
        /// Its place in the order in which they went; what went before all have one has none.
        var number: Int?
        let key: DeploymentKey
        let nextOrdinal: Int
        let newest: Revision
    }

    /// Most deployments remembered.
    static let limit = 1_000

    private(set) var memories: [Memory] = []

    init() {}

    /// Memories that were kept one by one.
    init(_ memories: [Memory]) {
        self.memories = memories.sorted { $0.number ?? 0 < $1.number ?? 0 }
    }

    /// Gives each its number where an earlier form of the rulebook gave none.
    mutating func bringUpToDate() {
        guard memories.contains(where: { $0.number == nil }) else { return }
        for index in memories.indices { memories[index].number = index + 1 }
    }

    func memory(of key: DeploymentKey) -> Memory? { memories.first { $0.key == key } }

    mutating func remember(_ deployment: Deployment) {
        forget(deployment.key)
        if memories.count == Self.limit { memories.removeFirst() }
        memories.append(
            Memory(
                number: (memories.last?.number ?? 0) + 1,
                key: deployment.key,
                nextOrdinal: deployment.nextOrdinal,
                newest: deployment.declared.revision
            )
        )
    }

    mutating func forget(_ key: DeploymentKey) {
        memories.removeAll { $0.key == key }
    }
}
