// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Ledger
import Manifests
import Vocabulary

/// Changing single values of what is declared, without its document at hand.
extension Supervisor {
    /// What a request wants an endpoint to be.
    ///
    /// Errors: `endpointNotFound` where values of what is not there are to be changed.
    func plan(_ request: EndpointRequest) throws(Problem) -> EndpointPlan {
        guard request.file == nil, !request.overrides.isEmpty, request.mode != .create,
            let name = request.name
        else { return try EndpointPlan(request) }
        guard let declared = endpoints[name] else { throw undeclared(name) }
        return try EndpointPlan(request, over: declared)
    }

    /// What a request wants a deployment to be, as its document or what is declared says.
    ///
    /// Errors: what `check` would tell; those of `changed`.
    func draft(of request: OnlineDeploymentRequest) async throws(Problem) -> Draft {
        guard request.file != nil else { return try await changed(request) }
        return try await intake.read(
            request,
            environments: configuration.support.environments,
            assets: ServerAssets(assets, store: store.folder)
        )
    }

    private var intake: Intake { Intake(store: store, types: configuration.types) }

    /// What single values are changed of: what stands, or is on its way; what was undone or given up
    /// only where nothing else is there.
    private func changeable(_ key: DeploymentKey) -> DeploymentDocument? {
        shelf.wanted(key).map { standing(key) ?? $0 }
    }

    /// What is declared of a deployment, changed in what the request sets and in nothing else.
    ///
    /// Shape: of what it is made of, only what is set is taken from the disk again.
    /// Errors: `noDocument` where none can be changed; `changedMeanwhile`.
    private func changed(_ request: OnlineDeploymentRequest) async throws(Problem) -> Draft {
        guard let endpoint = request.endpoint, let name = request.name else {
            throw Problem(
                .invalid,
                code: "noName",
                what: "no deployment is named",
                remedy: "give its name with -n and its endpoint with -e, or name a document with -f"
            )
        }
        let key = DeploymentKey(endpoint: endpoint, deployment: name)
        guard endpoints[endpoint] != nil else { throw undeclared(endpoint) }
        guard let present = changeable(key) else { throw deploymentNotFound(key) }
        guard let written = present.written else { throw noDocument(key) }
        let overrides = try request.overrides.map { text throws(Problem) in
            try ManifestOverride(text)
        }
        try ManifestOverride.refuseRenaming(
            overrides,
            of: ["name": name.text, "endpoint_name": endpoint.text]
        )
        guard overrides.contains(where: { $0.source != nil }) else {
            return try Draft(present, written, setting: overrides, among: configuration.types)
        }
        let read = try await intake.read(
            present,
            written,
            setting: overrides,
            libraryPath: request.libraryPath,
            environments: configuration.support.environments,
            assets: ServerAssets(assets, store: store.folder)
        )
        let draft = read.keeping(present, but: Set(overrides.compactMap(\.source)))
        let copies = read.document(revision: present.revision).contents
        let kept = draft.document(revision: present.revision).contents
        for copy in copies where !kept.contains(copy) { discardUnneeded(copy) }
        guard changeable(key) == present else {
            throw Problem(
                .conflict,
                code: "changedMeanwhile",
                what: "'\(key)' was changed by somebody else meanwhile",
                remedy: "look at what is declared now, and set it again"
            )
        }
        return draft
    }

    /// Keeps what is only told of a revision that serves the same: its labels, how it is written.
    func relabel(
        _ present: DeploymentDocument,
        as document: DeploymentDocument
    ) throws(Problem) -> DeploymentDocument {
        guard let written = document.written, written != present.written else { return present }
        var relabelled = present
        relabelled.written = written
        try ledger.commit(Transaction(changes: replacing(relabelled)))
        shelf.replace(relabelled)
        return relabelled
    }

    /// Has more or fewer instances of the revision that is there: only the difference starts or
    /// drains.
    ///
    /// Errors: what the rulebook or the ledger refuse.
    func scale(
        _ present: DeploymentDocument,
        to scaled: DeploymentDocument
    ) throws(Problem) -> DeploymentDocument {
        // The shelf first: carrying the decision out looks the document up.
        shelf.replace(scaled)
        do throws(Problem) {
            try request(.declared(scaled.declaration), changes: replacing(scaled))
        } catch {
            shelf.replace(present)
            throw error
        }
        // How many requests may wait goes by the count.
        publishAgain(scaled.key.endpoint)
        logger.info(
            "scaled",
            metadata: [
                "deployment": "\(scaled.key)", "revision": "\(scaled.revision)",
                "instances": "\(scaled.settings.instances)",
            ]
        )
        return scaled
    }

    /// The changes of the ledger that put a document in the place of the one of the same revision.
    private func replacing(_ document: DeploymentDocument) -> [Transaction.Change] {
        do {
            let declaration = try Declaration(
                key: document.key,
                revision: document.revision,
                encoding: document,
                declaredAt: Date()
            )
            let others = rulebook.revisionsInUse(of: document.key)
                .filter { $0 != document.revision }
            return [.forget(document.key, except: others), .declare(declaration)]
        } catch {
            preconditionFailure("a document cannot be written as JSON: \(document) \(error)")
        }
    }

    private func noDocument(_ key: DeploymentKey) -> Problem {
        Problem(
            .conflict,
            code: "noDocument",
            what: "cannot change single values of '\(key)': no document of it is kept, since it "
                + "was deployed without one or by an older version",
            remedy: "name its document once: 'scorekeeper online-deployment update -f FILE'"
        )
    }
}
