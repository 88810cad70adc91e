// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Rulebook
import Vocabulary

/// What documents would change of a server, found out on copies of what it knows.
///
/// A value: the rulebook in it decides as the real one would and nobody carries its effects out, so
/// that a plan refuses what the server would refuse, with the same words.
struct Planner {
    /// What is registered.
    var assets: AssetShelf
    /// Endpoints that were declared by themselves.
    var endpoints: [EndpointName: EndpointDocument]
    /// What is wanted of deployments now.
    var present: [DeploymentKey: DeploymentDocument]
    /// What stands of deployments, where environments were patched.
    let standing: [DeploymentDocument]
    /// Everything that is decided about.
    var rulebook: Rulebook
    /// The moment at which it is decided.
    let now: Moment
    /// What was planned.
    private(set) var plan = Plan()

    /// Plans from what a server knows.
    init(
        assets: AssetShelf,
        endpoints: [EndpointName: EndpointDocument],
        present: [DeploymentDocument],
        standing: [DeploymentDocument] = [],
        rulebook: Rulebook,
        now: Moment
    ) {
        self.assets = assets
        self.endpoints = endpoints
        self.present = Dictionary(uniqueKeysWithValues: present.map { ($0.key, $0) })
        self.standing = standing
        self.rulebook = rulebook
        self.now = now
    }

    /// Tells people something.
    mutating func tell(_ notices: [String]) {
        for notice in notices where !plan.notices.contains(notice) { plan.notices.append(notice) }
    }

    /// Notes a copy that was made to look at it.
    mutating func noteCopies(_ copies: [Digest]) {
        plan.copies += copies
    }

    /// Refuses the documents as they are: nothing is planned.
    mutating func refuse(_ problems: [Problem], unlisted: Int) {
        plan.problems = problems
        plan.unlisted = unlisted
    }

    // MARK: - Registered things

    /// Adds a model that a document registers; `isNumbered` where it names its version.
    mutating func add(_ wanted: ModelRecord, isNumbered: Bool) {
        let newest =
            isNumbered ? wanted.id.version : assets.model(wanted.id.name, version: nil)?.id.version
        let known = newest.flatMap { assets.model(wanted.id.name, version: $0) }
        if let known, known.isSame(as: wanted) {
            let labelled = known.labelled(as: wanted)
            assets.put(labelled)
            let changes = DocumentChanges.labels(of: labelled, from: known)
            return keep("model", known.id, changes, .model(labelled))
        }
        if known != nil, isNumbered {
            return refuse("model", "\(wanted.id)", .create, assets.immutable(wanted.id))
        }
        assets.put(wanted)
        plan.add(.init("model", "\(wanted.id)", .create), .model(wanted))
    }

    /// Adds an environment that a document registers, likewise; those that come along keep their
    /// names.
    mutating func add(
        _ wanted: EnvironmentRecord,
        isNumbered: Bool,
        beside curated: EnvironmentCatalogue
    ) {
        if let refusal = curated.refusal(of: wanted.id) {
            return refuse("environment", "\(wanted.id)", .create, refusal)
        }
        let newest =
            isNumbered
            ? wanted.id.version : assets.environment(wanted.id.name, version: nil)?.id.version
        let known = newest.flatMap { assets.environment(wanted.id.name, version: $0) }
        if let known, known.isSame(as: wanted) {
            let labelled = known.labelled(as: wanted)
            assets.put(labelled)
            let changes = DocumentChanges.labels(of: labelled, from: known)
            return keep("environment", known.id, changes, .environment(labelled))
        }
        if known != nil, isNumbered {
            return refuse("environment", "\(wanted.id)", .create, assets.immutable(wanted.id))
        }
        assets.put(wanted)
        plan.add(.init("environment", "\(wanted.id)", .create), .environment(wanted))
    }

    /// Adds what is registered already: its labels alone may change.
    private mutating func keep(
        _ kind: String,
        _ id: AssetID,
        _ changes: [String],
        _ work: PlannedWork.Work
    ) {
        guard !changes.isEmpty else { return plan.add(.init(kind, "\(id)", .unchanged)) }
        plan.add(.init(kind, "\(id)", .update, changes: changes), work)
    }

    // MARK: - Endpoints

    /// Adds an endpoint as its document says, its traffic aside.
    mutating func add(_ wanted: EndpointDocument) {
        let known = endpoints[wanted.name]
        var untouched = wanted
        untouched.traffic =
            known?.traffic
            ?? untouched.traffic.filter { name, _ in
                present.keys.contains { $0.endpoint == wanted.name && $0.deployment.text == name }
            }
        if known == nil, untouched.traffic.values.reduce(0, +) != 100 { untouched.traffic = [:] }
        untouched.mirrorTraffic = known?.mirrorTraffic ?? [:]
        guard untouched != known else {
            return plan.add(.init("endpoint", "\(wanted.name)", .unchanged))
        }
        let action: PlanAnswer.Step.Action = known == nil ? .create : .update
        if let problem = declare(untouched) {
            return refuse("endpoint", "\(wanted.name)", action, problem)
        }
        let changes = known.map { DocumentChanges.of(untouched, from: $0) } ?? []
        plan.add(
            .init("endpoint", "\(wanted.name)", action, changes: changes),
            .endpoint(untouched, over: known)
        )
    }

    /// Adds the traffic that an endpoint's document says, once its deployments are known.
    ///
    /// Shape: `mayHurry` where deployments that do not serve yet may be given requests.
    mutating func addTraffic(_ wanted: EndpointDocument, mayHurry: Bool) {
        guard let known = endpoints[wanted.name] else { return }
        var shared = known
        shared.traffic = wanted.traffic
        shared.mirrorTraffic = wanted.mirrorTraffic
        let name = "\(wanted.name)"
        guard let traffic = try? shared.declaration() else {
            // What its document's check lets pass can be read.
            return plan.add(.init("traffic", name, .unchanged))
        }
        guard traffic != rulebook.traffic(of: wanted.name) else {
            return plan.add(.init("traffic", name, .unchanged))
        }
        let change = "\(Self.words(known)) becomes \(Self.words(shared))"
        let serving = Set(
            rulebook.status(of: wanted.name).deployments
                .filter { $0.serving > 0 }
                .map(\.key.deployment)
        )
        let waiting = traffic.live.map(\.deployment).filter { !serving.contains($0) }
        if let problem = declare(shared) { return refuse("traffic", name, .update, problem) }
        if !mayHurry, let first = waiting.first {
            plan.add(
                .init(
                    "traffic",
                    name,
                    .later,
                    changes: [change],
                    callers: "nothing until '\(first)' serves; then it moves at once"
                )
            )
            return
        }
        plan.add(
            .init(
                "traffic",
                name,
                .update,
                changes: [change],
                callers: "requests that come later go where it says; none is lost"
            ),
            .endpoint(shared, over: known)
        )
    }

    private mutating func declare(_ document: EndpointDocument) -> Problem? {
        let names = endpoints.keys + present.keys.map(\.endpoint)
        if let problem = Problem.namedAlike(document.name, among: names) { return problem }
        let traffic: TrafficDeclaration
        do throws(Problem) {
            traffic = try document.declaration()
        } catch {
            return error
        }
        if let refusal = rulebook.decide(.trafficDeclared(traffic), at: now).refusal {
            return refusal
        }
        endpoints[document.name] = document
        return nil
    }

    private static func words(_ document: EndpointDocument) -> String {
        func words(_ percents: [String: Int]) -> String {
            percents.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
        }
        let live = document.traffic.isEmpty ? "nobody" : words(document.traffic)
        guard !document.mirrorTraffic.isEmpty else { return live }
        return "\(live), copies to \(words(document.mirrorTraffic))"
    }

    // MARK: - Deployments

    /// Adds a deployment; `isBuilt` where its environment stands already.
    mutating func add(_ draft: Draft, isBuilt: Bool) {
        let key = draft.key
        let known = present[key]
        let next = rulebook.nextRevision(of: key)
        let revision = known.map { max($0.revision.next, next) } ?? next
        let document = draft.document(revision: revision).settled(like: standing)
        noteCopies(document.contents)
        let action: PlanAnswer.Step.Action = known == nil ? .create : .update
        guard endpoints[key.endpoint] != nil else {
            let missing = Problem(
                .notFound,
                code: "endpointNotFound",
                what: "there is no endpoint '\(key.endpoint)'",
                remedy: "add its document, or create it: 'scorekeeper online-endpoint create -n "
                    + "\(key.endpoint)'"
            )
            let there = Problem.undeclared(key.endpoint, among: Array(present.values))
            return refuse("deployment", "\(key)", action, there ?? missing)
        }
        if let known, stands(document, known) { return relabel(known, as: document, draft) }
        let scaled = known.flatMap { known in
            rulebook.wantedRevision(of: key) == known.revision ? known.scaled(as: document) : nil
        }
        let wanted = scaled ?? document
        if let refusal = rulebook.decide(.declared(wanted.declaration), at: now).refusal {
            return refuse("deployment", "\(key)", action, refusal)
        }
        present[key] = wanted
        var changes = known.map { DocumentChanges.of(document, from: $0) } ?? []
        if known != nil, scaled == nil, let rule = document.settings.comparisonRule {
            changes.append(Self.words(rule))
        }
        if document.environment != nil, !isBuilt {
            changes.append("its environment is built first")
        }
        plan.add(
            .init(
                "deployment",
                "\(key)",
                action,
                changes: changes,
                capacity: rulebook.reservation(of: key),
                callers: known == nil
                    ? "nothing: it answers nobody until the traffic names it"
                    : scaled == nil ? Self.rolledIn : Self.scaledTo
            ),
            .deployment(draft)
        )
    }

    /// Adds what serves the same already: its labels, and how it is written, are taken over.
    private mutating func relabel(
        _ known: DeploymentDocument,
        as document: DeploymentDocument,
        _ draft: Draft
    ) {
        var step = PlanAnswer.Step("deployment", "\(known.key)", .unchanged)
        guard known.serves(sameAs: document), let written = document.written,
            written != known.written
        else { return plan.add(step) }
        present[known.key]?.written = written
        step.changes = DocumentChanges.labels(of: document, from: known)
        if !step.changes.isEmpty {
            step.action = .update
            step.callers = "nothing: labels are taken over without a rollout"
        }
        plan.add(step, .deployment(draft))
    }

    /// What callers notice of another count alone.
    private static let scaledTo =
        "nothing: instances that serve go on, and only the difference starts or drains"

    private static func words(_ rule: ComparisonRule) -> String {
        let requests = Counted(rule.requests, "recent request")
        return "it answers up to \(requests) before it serves, and "
            + (rule.isRequired ? "a difference halts it" : "differences are told")
    }

    /// Whether a document would change nothing.
    ///
    /// What was given up is tried again; but where that was a patch, nobody who writes documents
    /// asked for it, and what it should have taken the place of is what they ask for.
    private func stands(_ document: DeploymentDocument, _ known: DeploymentDocument) -> Bool {
        guard rulebook.isGivenUp(known.key, known.revision) else {
            return known.serves(sameAs: document)
        }
        guard known.patches != nil else { return false }
        return standing.first { $0.key == known.key }?.serves(sameAs: document) == true
    }

    private mutating func refuse(
        _ kind: String,
        _ name: String,
        _ action: PlanAnswer.Step.Action,
        _ problem: Problem
    ) {
        var step = PlanAnswer.Step(kind, name, action)
        step.refuse(problem)
        plan.add(step)
    }
}
