// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Synchronization
import Vocabulary

/// What documents mean by the names of registered models and environments, at one moment.
///
/// It remembers what it was asked for and had: a deployment keeps that from being deleted.
final class ServerAssets: AssetResolver {
    private let shelf: AssetShelf
    private let store: String
    private let asked = Mutex<Set<AssetID>>([])

    /// Shape: `store` is the folder of the copies.
    init(_ shelf: AssetShelf, store: String) {
        self.shelf = shelf
        self.store = store
    }

    /// What was asked for and found, in order.
    var used: [AssetID] { asked.withLock { $0.sorted() } }

    func model(_ reference: AssetReference) -> AssetAnswer<RegisteredModel> {
        guard let record = shelf.model(reference.name, version: reference.version) else {
            return .missing
        }
        note(record.id)
        let path = "\(store)/\(record.content)/\(record.leaf)"
        return .found(RegisteredModel(path: path, format: record.format))
    }

    func environment(_ reference: AssetReference) -> AssetAnswer<EnvironmentDefinition> {
        guard reference.registry == nil,
            let record = shelf.environment(reference.name, version: reference.version)
        else { return .missing }
        note(record.id)
        return .found(record.definition)
    }

    var environments: [EnvironmentName]? {
        shelf.environments.filter { !$0.isArchived }.map(\.id).sorted()
            .map { EnvironmentName(name: $0.name, version: $0.version) }
    }

    private func note(_ id: AssetID) {
        asked.withLock { _ = $0.insert(id) }
    }
}
