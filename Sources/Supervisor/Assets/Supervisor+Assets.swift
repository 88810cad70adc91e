// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Ledger
import Manifests
import Vocabulary

/// Registered models and environments: versioned, and each version immutable.
extension Supervisor: AssetControl {
    func models() async -> [ModelAsset] {
        assets.models.sorted { $0.id < $1.id }.map { $0.asset(usedBy: users(of: $0.id)) }
    }

    func environmentAssets() async -> [EnvironmentAsset] {
        let own = assets.environments.map { $0.asset(usedBy: users(of: $0.id)) }
        let catalogue = curated
        let wanted = shelf.wanted
        let curated = catalogue.entries.compactMap { entry -> EnvironmentAsset? in
            guard let definition = catalogue.definition(of: entry).value else { return nil }
            return EnvironmentAsset(
                name: entry.name,
                version: entry.version,
                python: "\(definition.python)",
                packages: definition.requirements.map(\.text),
                isCurated: true,
                usedBy: wanted.filter { EnvironmentCatalogue.isUsed(entry, definition, by: $0) }
                    .map(\.key)
            )
        }
        return (own + curated).sorted {
            AssetID(.environment, name: $0.name, version: $0.version)
                < AssetID(.environment, name: $1.name, version: $1.version)
        }
    }

    func registerModel(_ request: AssetRequest) async throws(Problem) -> ModelAsset {
        let intake = AssetIntake(store: store)
        let read = try await Intake.offLoop { () throws(Problem) in try intake.model(request) }
        let manifest = read.manifest
        let wanted = try ModelRecord(read, in: assets)
        let name = wanted.id.name
        // Without a version the same content is the same version: registering twice adds nothing.
        let newest = manifest.version ?? assets.model(name, version: nil)?.id.version
        let present = newest.flatMap { assets.model(name, version: $0) }
        if let present {
            if present.isSame(as: wanted) {
                let labelled = request.saysLabels ? present.labelled(as: wanted) : present
                if labelled != present { try keep(labelled) }
                return labelled.asset(usedBy: users(of: present.id), notices: read.notices)
            }
            if manifest.version != nil {
                discardUnneeded(read.content)
                throw assets.immutable(wanted.id)
            }
        }
        do throws(Problem) {
            try keep(wanted)
        } catch {
            discardUnneeded(read.content)
            throw error
        }
        return wanted.asset(usedBy: [], notices: read.notices)
    }

    func registerEnvironment(
        _ request: AssetRequest
    ) async throws(Problem) -> EnvironmentAsset {
        let intake = AssetIntake(store: store)
        let read = try await Intake.offLoop { () throws(Problem) in
            try intake.environment(request)
        }
        let manifest = read.manifest
        let wanted = try EnvironmentRecord(manifest, in: assets)
        if let refusal = curated.refusal(of: wanted.id) { throw refusal }
        let name = wanted.id.name
        let newest = manifest.version ?? assets.environment(name, version: nil)?.id.version
        if let present = newest.flatMap({ assets.environment(name, version: $0) }) {
            if present.isSame(as: wanted) {
                let labelled = request.saysLabels ? present.labelled(as: wanted) : present
                if labelled != present { try keep(labelled) }
                return labelled.asset(usedBy: users(of: present.id), notices: read.notices)
            }
            if manifest.version != nil { throw assets.immutable(wanted.id) }
        }
        try keep(wanted)
        return wanted.asset(usedBy: [], notices: read.notices)
    }

    func archive(_ asset: AssetID, isArchived: Bool) async throws(Problem) {
        switch asset.kind {
        case .model:
            guard var record = assets.model(asset.name, version: asset.version) else {
                throw assetNotFound(asset)
            }
            record.isArchived = isArchived
            try keep(record)
        case .environment:
            guard var record = assets.environment(asset.name, version: asset.version) else {
                throw assetNotFound(asset)
            }
            record.isArchived = isArchived
            try keep(record)
        }
    }

    func delete(_ asset: AssetID) async throws(Problem) {
        guard assets.holds(asset) else { throw assetNotFound(asset) }
        let users = users(of: asset)
        guard users.isEmpty else {
            let names = users.map { "'\($0)'" }.joined(separator: ", ")
            throw Problem(
                .conflict,
                code: "assetInUse",
                what: "cannot delete the \(asset.kind.rawValue) '\(asset)': \(names) "
                    + "\(users.count == 1 ? "needs" : "need") it",
                remedy: "delete or change what needs it, or archive it"
            )
        }
        let content = assets.model(asset.name, version: asset.version)?.content
        try ledger.commit(Transaction(changes: [.drop(asset.kept)]))
        assets.remove(asset)
        if asset.kind == .model, let content { discardUnneeded(content) }
    }

    // MARK: - Keeping

    /// Keeps a version of a model from now on.
    ///
    /// Errors: `assetExists` where somebody else has registered the version meanwhile.
    func keep(_ record: ModelRecord) throws(Problem) {
        if let known = assets.model(record.id.name, version: record.id.version),
            !known.isSame(as: record)
        {
            throw assets.immutable(record.id)
        }
        try keep(record.id, record)
        assets.put(record)
        logger.info("model registered", metadata: ["model": "\(record.id)"])
    }

    /// Keeps a version of an environment from now on.
    ///
    /// Errors: `assetExists` where somebody else has registered the version meanwhile.
    func keep(_ record: EnvironmentRecord) throws(Problem) {
        if let known = assets.environment(record.id.name, version: record.id.version),
            !known.isSame(as: record)
        {
            throw assets.immutable(record.id)
        }
        try keep(record.id, record)
        assets.put(record)
        logger.info("environment registered", metadata: ["environment": "\(record.id)"])
    }

    private func keep(_ id: AssetID, _ record: some Encodable) throws(Problem) {
        let document: KeptDocument
        do {
            document = try KeptDocument(id: id.kept, encoding: record, declaredAt: Date())
        } catch {
            preconditionFailure("a record cannot be written as JSON: \(record) \(error)")
        }
        try ledger.commit(Transaction(changes: [.keep(document)]))
    }

    /// Removes a copy that neither a deployment nor a registered model needs.
    func discardUnneeded(_ content: Digest) {
        guard !shelf.contents.contains(content), !assets.contents.contains(content) else { return }
        removeCopy(content)
    }

    /// The deployments whose present document was made of it.
    private func users(of asset: AssetID) -> [DeploymentKey] {
        shelf.wanted.filter { $0.assets?.contains(asset) == true }.map(\.key)
    }

    // MARK: - Refusing

    /// The environments that come along.
    private var curated: EnvironmentCatalogue {
        EnvironmentCatalogue(folder: configuration.support.environments)
    }

    private func assetNotFound(_ id: AssetID) -> Problem {
        if let permanence = curated.permanence(of: id) { return permanence }
        let all = id.kind == .model ? assets.models.map(\.id) : assets.environments.map(\.id)
        let versions = all.filter { $0.name == id.name }.map { "'\($0.version)'" }
        return Problem(
            .notFound,
            code: "assetNotFound",
            what: "there is no \(id.kind.rawValue) '\(id)'"
                + (versions.isEmpty ? "" : ", but version \(versions.joined(separator: ", "))"),
            remedy: "see which there are with 'scorekeeper \(id.kind.rawValue) list'"
        )
    }
}

extension AssetRequest {
    /// Whether it says what tags and description are to be: options alone name none.
    fileprivate var saysLabels: Bool { file != nil || !overrides.isEmpty }
}
