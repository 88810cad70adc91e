// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Ledger
import Logging
import Rulebook
import Vocabulary
import Wire

/// What a person can ask for.
extension Supervisor: ServerControl {
    func deploy(_ request: DeployRequest) async throws(Problem) -> DeployAnswer {
        var draft = try await Intake(store: store, types: configuration.types)
            .read(
                request,
                environments: configuration.support.environments,
                assets: ServerAssets(assets, store: store.folder)
            )
        configuration.trial?.bound(&draft.settings)
        let document = try declare(draft)
        return DeployAnswer(
            key: document.key,
            revision: document.revision,
            url: listeners.scoringURI(of: document.key.endpoint),
            notices: draft.notices
        )
    }

    func delete(_ endpoint: EndpointName) async throws(Problem) {
        if endpoints[endpoint] != nil { return try withdrawEndpoint(endpoint) }
        let wanted = shelf.wanted.filter { $0.key.endpoint == endpoint }
        guard !wanted.isEmpty else { throw endpointNotFound(endpoint) }
        for document in wanted {
            if case .dropped(_, let path) = document.origin {
                throw wouldComeBack(endpoint.text, from: path)
            }
        }
        for document in wanted { try withdraw(document.key) }
    }

    func explain(_ instance: InstanceID) async throws(Problem) -> ControlAPI.Explanation {
        let records = try ledger.journal(
            about: instance.description,
            limit: 200,
            order: .newestLast
        )
        let present = rulebook.explanation(of: instance)
        guard present != nil || !records.isEmpty else {
            throw Problem(
                .notFound,
                code: "instanceNotFound",
                what: "the journal knows nothing of an instance '\(instance)'",
                remedy: "see which there are with 'scorekeeper status'"
            )
        }
        return ControlAPI.Explanation(
            instance: instance,
            state: present.flatMap { InstanceStatus.State($0.state) },
            sentence: present?.sentences.joined(separator: "; ")
                ?? records.last?.entry.reason ?? "",
            entries: records.map(\.entry).map { entry in
                ControlAPI.Explanation.Entry(
                    time: entry.decidedAt,
                    event: entry.event,
                    reason: entry.reason,
                    effects: Self.lines(entry.effects)
                )
            }
        )
    }

    private static func lines(_ json: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }

    func statistics() async -> [DeploymentStatistics] {
        await ask(within: Self.statisticsPatience) { .reportStatistics(id: $0) }
        return statistics.all
    }

    // MARK: - Wanting

    /// Makes a draft the newest revision, unless it would change nothing.
    ///
    /// What was given up is tried again, as a newer revision: the machine may have been mended.
    ///
    /// Errors: `nameTaken` when the endpoint has another origin; what the rulebook or the ledger
    /// refuse.
    func declare(_ draft: Draft) throws(Problem) -> DeploymentDocument {
        let present = shelf.wanted(draft.key)
        if let present, !present.origin.isSameSource(as: draft.origin) {
            throw Problem(
                .conflict,
                code: "nameTaken",
                what: "cannot serve '\(draft.origin.path)' as '\(draft.key.endpoint)': "
                    + "'\(present.origin.path)' has that name",
                remedy: "rename one of them, or name it with --name"
            )
        }
        try refuseDropped(draft)
        try refuseSecond(draft)
        if let problem = Problem.namedAlike(draft.key.endpoint, among: endpointNames) {
            throw problem
        }
        let document = draft.document(revision: nextRevision(of: draft.key))
            .settled(like: standing)
        if let present, present.serves(sameAs: document), !mayTryAgain(present) {
            return try relabel(present, as: document)
        }
        if let standing = unpatched(present), standing.serves(sameAs: document) {
            return standing
        }
        if let present, let scaled = present.scaled(as: document),
            rulebook.wantedRevision(of: present.key) == present.revision
        {
            return try scale(present, to: scaled)
        }
        return try declare(document)
    }

    /// Whether a revision that is declared once more may be one more attempt.
    ///
    /// A folder that is found again is no wish to have back what somebody undid, or what answers
    /// otherwise than it may.
    private func mayTryAgain(_ document: DeploymentDocument) -> Bool {
        if case .dropped = document.origin, rulebook.staysAway(document.key, document.revision) {
            return false
        }
        return rulebook.isGivenUp(document.key, document.revision)
    }

    /// What stands of a deployment whose patch was given up: who deploys what was patched again asked
    /// for no patch, and changes nothing.
    private func unpatched(_ present: DeploymentDocument?) -> DeploymentDocument? {
        guard let present, present.patches != nil,
            rulebook.isGivenUp(present.key, present.revision)
        else { return nil }
        return standing(present.key)
    }

    /// A folder of the name of a declared endpoint is another thing: it would be there unseen.
    private func refuseDropped(_ draft: Draft) throws(Problem) {
        guard case .dropped(let name, _) = draft.origin, endpoints[draft.key.endpoint] != nil
        else { return }
        throw Problem(
            .conflict,
            code: "nameTaken",
            what: "cannot serve '\(name)': the endpoint '\(draft.key.endpoint)' was declared by "
                + "itself",
            remedy: "call the folder otherwise, or deploy its model behind that endpoint"
        )
    }

    /// An endpoint that nobody declared has one deployment: nothing says who answers what.
    private func refuseSecond(_ draft: Draft) throws(Problem) {
        guard endpoints[draft.key.endpoint] == nil else { return }
        let other = shelf.wanted.first {
            $0.key.endpoint == draft.key.endpoint && $0.key != draft.key
        }
        guard let other else { return }
        throw Problem(
            .conflict,
            code: "secondDeployment",
            what: "cannot serve '\(draft.key)': the endpoint has the deployment "
                + "'\(other.key.deployment)', and nothing says who answers what",
            remedy: "name it '\(other.key.deployment)' to replace that one, or have several: "
                + "'scorekeeper online-endpoint create -n \(draft.key.endpoint)'"
        )
    }

    /// The revision that a change of `key` gets.
    func nextRevision(of key: DeploymentKey) -> Revision {
        max(shelf.nextRevision(of: key), rulebook.nextRevision(of: key))
    }

    /// Makes a document the newest revision.
    func declare(_ document: DeploymentDocument) throws(Problem) -> DeploymentDocument {
        try document.checkLength()
        guard document.contents.allSatisfy({ store.stored($0) != nil }) else {
            throw Problem(
                .conflict,
                code: "copyGone",
                what: "the copy of '\(document.origin.path)' was let go while it was taken up "
                    + "again",
                remedy: "deploy it once more"
            )
        }
        let declaration: Declaration
        do {
            declaration = try Declaration(
                key: document.key,
                revision: document.revision,
                encoding: document,
                declaredAt: Date()
            )
        } catch {
            preconditionFailure("a document cannot be written as JSON: \(document) \(error)")
        }
        // The shelf first: carrying the decision out looks the document up.
        shelf.put(document)
        do throws(Problem) {
            let used = rulebook.revisionsInUse(of: document.key)
            try request(
                .declared(document.declaration),
                changes: [.forget(document.key, except: used), .declare(declaration)]
            )
        } catch {
            shelf.takeBack(document)
            throw error
        }
        logger.info(
            "declared",
            metadata: [
                "endpoint": "\(document.key.endpoint)", "revision": "\(document.revision)",
                "source": "\(document.origin.path)",
            ]
        )
        return document
    }

    /// Lets a deployment drain and go.
    func withdraw(_ key: DeploymentKey) throws(Problem) {
        try request(.withdrawn(key), changes: [.withdraw(key)])
        shelf.withdraw(key)
        logger.info("withdrawn", metadata: ["endpoint": "\(key.endpoint)"])
    }
}
