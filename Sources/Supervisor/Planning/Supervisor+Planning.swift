// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Rulebook
import Vocabulary

/// Making the server as documents say, and telling beforehand what that would change.
extension Supervisor: PlanControl {
    func plan(_ request: PlanRequest) async throws(Problem) -> PlanAnswer {
        let plan = try await makePlan(request)
        defer { for copy in plan.copies { discardUnneeded(copy) } }
        guard request.isApplied, !plan.answer.isRefused else { return plan.answer }
        var answer = plan.answer
        for (place, planned) in plan.works.enumerated() {
            do throws(Problem) {
                answer.steps[place].revision = try carryOut(planned.work)
            } catch {
                // What was done before it stands; applying again goes on from there.
                answer.steps[place].refuse(error)
                return answer
            }
        }
        if let unconfirmed = await routesUnconfirmed() { answer.notices.append(unconfirmed) }
        return answer
    }

    private func carryOut(_ work: PlannedWork.Work) throws(Problem) -> Revision? {
        switch work {
        case .nothing: return nil
        case .model(let record): try keep(record)
        case .environment(let record): try keep(record)
        case .endpoint(let document, let known):
            guard endpoints[document.name] == known else { throw changedMeanwhile(document.name) }
            try declare(document)
        case .deployment(let draft): return try declare(draft).revision
        }
        return nil
    }

    /// Somebody changed the endpoint while files were copied: what was planned would undo it unseen.
    private func changedMeanwhile(_ name: EndpointName) -> Problem {
        Problem(
            .conflict,
            code: "changedMeanwhile",
            what: "the endpoint '\(name)' was changed by somebody else meanwhile",
            remedy: "apply again"
        )
    }

    private func makePlan(_ request: PlanRequest) async throws(Problem) -> Plan {
        try PathCheck.refuseCutOff([request.path, request.libraryPath])
        let curated = EnvironmentCatalogue(folder: configuration.support.environments)
        let registered = ServerAssets(assets, store: store.folder)
        let check = try await Intake.offLoop { () throws(Problem) in
            DocumentsCheck(path: request.path, environments: curated, assets: registered)
        }
        var planner = Planner(
            assets: assets,
            endpoints: endpoints,
            present: shelf.wanted,
            standing: standing,
            rulebook: rulebook,
            now: now
        )
        planner.tell(check.notices.map(\.description))
        guard check.allProblems.isEmpty else {
            planner.refuse(check.allProblems, unlisted: check.unlisted)
            return planner.plan
        }
        for part in check.parts {
            switch part.manifest {
            case .environment(let manifest): try add(manifest, to: &planner, beside: curated)
            case .model: try await addModel(part.file, to: &planner)
            case .endpoint, .deployment: break
            }
        }
        var wanted: [EndpointDocument] = []
        for case .endpoint(let manifest) in check.parts.map(\.manifest) {
            let base: EndpointDocument
            if let known = endpoints[manifest.name] {
                base = known
            } else {
                base = try adopted(manifest.name)
            }
            let endpoint = EndpointDocument(manifest, over: base)
            planner.add(endpoint)
            wanted.append(endpoint)
        }
        for part in check.parts {
            guard case .deployment = part.manifest else { continue }
            try await addDeployment(part.file, request, to: &planner)
        }
        for endpoint in wanted {
            planner.addTraffic(endpoint, mayHurry: request.hurriesTraffic)
        }
        return planner.plan
    }

    private func add(
        _ manifest: EnvironmentManifest,
        to planner: inout Planner,
        beside curated: EnvironmentCatalogue
    ) throws(Problem) {
        let record = try EnvironmentRecord(manifest, in: planner.assets)
        planner.add(record, isNumbered: manifest.version != nil, beside: curated)
    }

    private func addModel(_ file: String, to planner: inout Planner) async throws(Problem) {
        let intake = AssetIntake(store: store)
        let read = try await Intake.offLoop { () throws(Problem) in
            try intake.model(AssetRequest(.model, file: file))
        }
        planner.noteCopies([read.content])
        planner.tell(read.notices)
        let record = try ModelRecord(read, in: planner.assets)
        planner.add(record, isNumbered: read.manifest.version != nil)
    }

    private func addDeployment(
        _ file: String,
        _ request: PlanRequest,
        to planner: inout Planner
    ) async throws(Problem) {
        let asked = OnlineDeploymentRequest(
            mode: .createOrUpdate,
            file: file,
            libraryPath: request.libraryPath
        )
        var draft = try await Intake(store: store, types: configuration.types).read(
            asked,
            environments: configuration.support.environments,
            assets: ServerAssets(planner.assets, store: store.folder)
        )
        configuration.trial?.bound(&draft.settings)
        planner.tell(draft.notices)
        planner.add(draft, isBuilt: await isBuilt(draft))
    }

    private func isBuilt(_ draft: Draft) async -> Bool {
        let document = draft.document(revision: Revision(number: 1)).settled(like: standing)
        guard let definition = document.environment else { return true }
        let prospect = try? await environments.prospect(
            of: definition,
            python: draft.settings.pythonPolicy
        )
        return prospect?.isBuilt == true
    }
}

extension DocumentsCheck {
    /// The problems of all documents, whatever part of the check found them.
    fileprivate var allProblems: [Problem] {
        problems + parts.flatMap { ($0.deployment?.problems ?? []) + ($0.model?.problems ?? []) }
    }
}
