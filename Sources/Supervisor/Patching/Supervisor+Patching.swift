// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import EnvironmentBuilder
import Logging
import Manifests
import Rulebook
import Vocabulary

/// Resolving environments again, within their pins, and rolling in what comes of it.
///
/// Each deployment's rollout is a decision of its own, like any other change; which comes next is for
/// whoever asked for the patch. So nothing is left half done when that one goes away, or when the
/// supervisor does.
extension Supervisor: PatchControl {
    func planPatch(_ request: PatchRequest) async throws(Problem) -> PatchPlan {
        let candidates = await patchCandidates()
        let chosen = try PatchCandidate.chosen(by: request.names, among: candidates)
        var plan = PatchPlan(environments: [], others: [])
        var resolver = PatchResolver(environments)
        for group in PatchCandidate.groups(of: chosen.filter { $0.obstacle == nil }) {
            plan.environments.append(
                await patching(group, &resolver, isNamed: !request.names.isEmpty)
            )
        }
        plan.others = chosen.compactMap(\.passedOver)
        return plan
    }

    func buildPatch(_ settlement: Digest) async throws(Problem) {
        let resolution = try resolution(settlement)
        _ = try await build(resolution.definition, for: resolution.settings)
    }

    func patch(_ step: PatchStep) async throws(Problem) -> DeployAnswer {
        let resolution = try resolution(step.settlement)
        guard let view = rulebook.status.deployments.first(where: { $0.key == step.key }),
            let current = view.current, let document = shelf.document(step.key, current)
        else { throw deploymentNotFound(step.key) }
        guard current == step.revision, view.incoming == nil else {
            let what = view.incoming.map { "\($0) is on its way in" } ?? "\(current) serves"
            throw Problem(
                .conflict,
                code: "changedMeanwhile",
                what: "cannot patch '\(step.key)': it was changed by somebody else meanwhile, and "
                    + "\(what) where \(step.revision) did",
                remedy: "patch again: that begins with what serves then"
            )
        }
        guard builds.built(resolution.definition) != nil else {
            throw Problem(
                .conflict,
                code: "notBuilt",
                what: "cannot patch '\(step.key)': what it would run in is not built",
                remedy: "patch again: that builds it first"
            )
        }
        let patched = document.patched(
            with: resolution.definition,
            as: nextRevision(of: step.key)
        )
        let declared = try declare(patched)
        logger.info(
            "patched",
            metadata: [
                "deployment": "\(step.key)", "revision": "\(declared.revision)",
                "settlement": "\(step.settlement.short)",
            ]
        )
        return DeployAnswer(
            key: step.key,
            revision: declared.revision,
            url: listeners.scoringURI(of: step.key.endpoint)
        )
    }

    private func resolution(_ settlement: Digest) throws(Problem) -> PatchBook.Resolution {
        if let known = patches.resolution(settlement) { return known }
        throw Problem(
            .notFound,
            code: "patchForgotten",
            what: "the server knows of no resolution '\(settlement.short)': it was started again "
                + "since, or has made many others",
            remedy: "patch again: what is patched already has nothing more to do"
        )
    }

    // MARK: - Planning

    /// Every deployment that is wanted, in order of key.
    private func patchCandidates() async -> [PatchCandidate] {
        let catalogue = EnvironmentCatalogue(folder: configuration.support.environments)
        let curated = catalogue.entries.compactMap { entry in
            catalogue.definition(of: entry).value.map {
                (name: "azureml:\(entry.name):\(entry.version)", text: $0.canonicalText)
            }
        }
        var candidates: [PatchCandidate] = []
        for view in rulebook.status.deployments where view.state != .leaving {
            guard
                let document = view.current.flatMap({ shelf.document(view.key, $0) })
                    ?? shelf.wanted(view.key)
            else { continue }
            let text = document.environment?.unsettled.canonicalText
            let registered = (document.assets ?? []).filter { $0.kind == .environment }
            candidates.append(
                PatchCandidate(
                    document: document,
                    built: await builtEnvironment(of: document),
                    names: registered.map(\.description)
                        + curated.filter { $0.text == text }.map(\.name),
                    percent: view.percent,
                    obstacle: Self.obstacle(to: view)
                )
            )
        }
        return candidates
    }

    private static func obstacle(to view: DeploymentView) -> String? {
        if view.current == nil || view.state == .failed {
            return "it does not serve: \(view.sentence)"
        }
        if let incoming = view.incoming {
            return "\(incoming) is on its way in; patch again when that has ended"
        }
        return nil
    }

    private func builtEnvironment(of document: DeploymentDocument) async -> BuiltEnvironment? {
        guard let definition = document.environment else { return nil }
        if let built = builds.built(definition) { return built }
        let prospect = try? await environments.prospect(
            of: definition,
            python: document.settings.pythonPolicy
        )
        return prospect.flatMap { environments.load($0.digest) }
    }

    /// What patching one environment would do.
    private func patching(
        _ group: [PatchCandidate],
        _ resolver: inout PatchResolver,
        isNamed: Bool
    ) async -> PatchPlan.Environment {
        guard let first = group.first, let definition = first.document.environment else {
            preconditionFailure("an environment that nothing runs in: \(group)")
        }
        var told = PatchPlan.Environment(
            digest: first.built?.digest,
            names: Set(group.flatMap(\.names)).sorted(),
            pins: definition.exactPins.map(\.text)
        )
        told.deployments = group.map { candidate in
            PatchPlan.Deployment(
                key: candidate.document.key,
                revision: candidate.document.revision
            )
        }
        guard let built = first.built else {
            told.problem = ProblemBody(Self.notBuilt(first.document))
            return told
        }
        let settlement: EnvironmentSettlement
        do throws(Problem) {
            settlement = try await resolver.settlement(for: first.document, instead: built)
        } catch {
            told.problem = ProblemBody(error)
            return told
        }
        told.changes = PackageChanges.between(built, settlement)
        guard !told.changes.isEmpty else { return told }
        if definition.settlement == nil, let date = definition.asOf {
            told.notices.append(
                "what the model leaves open was meant as of \(date), after it was saved; here it is "
                    + "resolved as of today"
            )
        }
        told.settlement = settlement.digest
        let settled = definition.settled(on: settlement)
        patches.note(
            PatchBook.Resolution(definition: settled, settings: first.document.settings),
            as: settlement.digest
        )
        let isBuilt = await isBuilt(settled, first.document.settings)
        let planner = Planner(
            assets: assets,
            endpoints: endpoints,
            present: [],
            rulebook: rulebook,
            now: now
        )
        for place in told.deployments.indices {
            let document = group[place].document
            let key = document.key
            if !isNamed, let refused = refusal(of: settlement, by: key) {
                told.deployments[place].passed = refused
                continue
            }
            let patched = document.patched(with: settled, as: nextRevision(of: key))
            told.deployments[place].step = planner.patching(patched, isBuilt: isBuilt)
        }
        return told
    }

    /// Whether this very resolution was tried and given up: then only who names it gets it again.
    private func refusal(of settlement: EnvironmentSettlement, by key: DeploymentKey) -> String? {
        guard let newest = shelf.wanted(key), newest.patches != nil,
            newest.environment?.settlement?.digest == settlement.digest,
            rulebook.isGivenUp(key, newest.revision)
        else { return nil }
        let how = rulebook.isUndone(key, newest.revision) ? "undone" : "given up"
        return "\(newest.revision) was this, and was \(how); name it to have it tried again"
    }

    private func isBuilt(
        _ definition: EnvironmentDefinition,
        _ settings: ServingSettings
    ) async -> Bool {
        if builds.built(definition) != nil { return true }
        let prospect = try? await environments.prospect(
            of: definition,
            python: settings.pythonPolicy
        )
        return prospect?.isBuilt == true
    }

    private static func notBuilt(_ document: DeploymentDocument) -> Problem {
        Problem(
            .conflict,
            code: "notBuilt",
            what: "what '\(document.key)' runs in is not built here: there is nothing to compare "
                + "with",
            remedy: "see 'scorekeeper status \(document.key.endpoint)'"
        )
    }
}
