// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Manifests
import Vocabulary

/// Every registered model and environment, each version of them.
///
/// A version is immutable: what was registered under it stays what it is until it is deleted.
struct AssetShelf: Sendable {
    /// In order of registration.
    private(set) var models: [ModelRecord] = []
    /// In order of registration.
    private(set) var environments: [EnvironmentRecord] = []

    /// A shelf that holds nothing.
    init() {}

    /// Reads what the ledger keeps.
    init(_ ledger: Ledger) throws(Problem) {
        models = try ledger.documents(of: AssetID.Kind.model.rawValue)
            .compactMap { try? $0.decode(ModelRecord.self) }
            .sorted { $0.createdAt < $1.createdAt }
        environments = try ledger.documents(of: AssetID.Kind.environment.rawValue)
            .compactMap { try? $0.decode(EnvironmentRecord.self) }
            .sorted { $0.createdAt < $1.createdAt }
    }

    /// Whether nothing is registered.
    var isEmpty: Bool { models.isEmpty && environments.isEmpty }

    /// The copies that must stay.
    var contents: Set<Digest> { Set(models.map(\.content)) }

    /// The model of a name: of a version, or the one registered last that is not archived.
    func model(_ name: String, version: String?) -> ModelRecord? {
        let all = models.filter { $0.id.name == name }
        guard let version else { return all.last { !$0.isArchived } }
        return all.first { $0.id.version == version }
    }

    /// The environment of a name, likewise.
    func environment(_ name: String, version: String?) -> EnvironmentRecord? {
        let all = environments.filter { $0.id.name == name }
        guard let version else { return all.last { !$0.isArchived } }
        return all.first { $0.id.version == version }
    }

    /// Whether there is such a version.
    func holds(_ id: AssetID) -> Bool {
        switch id.kind {
        case .model: models.contains { $0.id == id }
        case .environment: environments.contains { $0.id == id }
        }
    }

    /// The version that something registered without one gets: after the highest number.
    func nextVersion(of kind: AssetID.Kind, _ name: String) -> String {
        let ids = kind == .model ? models.map(\.id) : environments.map(\.id)
        let numbers = ids.filter { $0.name == name }.compactMap { Int($0.version) }
        return String((numbers.max() ?? 0) + 1)
    }

    /// The identity that something registered gets.
    ///
    /// Errors: `noName`.
    func identity(
        _ kind: AssetID.Kind,
        name: String?,
        version: String?
    ) throws(Problem) -> AssetID {
        guard let name else {
            throw Problem(
                .invalid,
                code: "noName",
                what: "the \(kind.rawValue) has no name",
                remedy: "write 'name' in its document, or give it with --name"
            )
        }
        return AssetID(kind, name: name, version: version ?? nextVersion(of: kind, name))
    }

    /// Why a version cannot hold something else.
    func immutable(_ id: AssetID) -> Problem {
        Problem(
            .conflict,
            code: "assetExists",
            what: "the \(id.kind.rawValue) '\(id)' is registered and holds something else: a "
                + "version never changes",
            remedy: "register it as '\(nextVersion(of: id.kind, id.name))', or leave the version "
                + "out"
        )
    }

    /// Puts a version on the shelf, in place of the same one.
    mutating func put(_ model: ModelRecord) {
        if let place = models.firstIndex(where: { $0.id == model.id }) {
            models[place] = model
        } else {
            models.append(model)
        }
    }

    /// Puts a version on the shelf, in place of the same one.
    mutating func put(_ environment: EnvironmentRecord) {
        if let place = environments.firstIndex(where: { $0.id == environment.id }) {
            environments[place] = environment
        } else {
            environments.append(environment)
        }
    }

    /// Takes a version off the shelf.
    mutating func remove(_ id: AssetID) {
        models.removeAll { $0.id == id }
        environments.removeAll { $0.id == id }
    }
}

extension AssetID {
    /// The identity of its document in the ledger.
    var kept: KeptDocument.ID {
        KeptDocument.ID(kind: kind.rawValue, name: name, version: version)
    }
}
