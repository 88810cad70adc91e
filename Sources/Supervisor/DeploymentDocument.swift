// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Rulebook
import Vocabulary
import Wire

/// One revision of a deployment, whole: what is kept in the ledger, and what every order about it
/// is written from.
///
/// Nothing in it can change under a running revision: the model is a copy named by its digest, and
/// the settings are the ones that were read when it was declared.
struct DeploymentDocument: Codable, Hashable, Sendable {
    /// Where a deployment came from.
    enum Origin: Codable, Hashable, Sendable {
        /// An entry of the models folder, by its name there; removing it removes the endpoint.
        case dropped(name: String, path: String)
        /// `scorekeeper deploy`; removed by `scorekeeper delete`.
        case deployed(path: String)

        /// Whether both are the same thing on disk, so that one may replace the other.
        func isSameSource(as other: Origin) -> Bool {
            switch (self, other) {
            case (.dropped(let name, _), .dropped(let other, _)): name == other
            case (.deployed, .deployed): true
            default: false
            }
        }

        /// The path that it was read from.
        var path: String {
            switch self {
            case .dropped(_, let path), .deployed(let path): path
            }
        }
    }

    /// The deployment.
    var key: DeploymentKey
    /// The revision.
    var revision: Revision
    /// Where it came from.
    var origin: Origin
    /// What answers the requests.
    var scorer: Scorer
    /// The copy of the model, of the program's folder, or of the script's.
    var content: Digest
    /// How it is served.
    var settings: ServingSettings
    /// The registered models and environments that it was made of.
    var assets: [AssetID]?
    /// The revision that it is in every way but for its environment's packages.
    var patches: Revision?
    /// Its document as it was written; nothing where it was deployed without one.
    var written: WrittenDocument?

    /// Whether `other` would serve the same in every way, whatever its revision and its labels.
    func serves(sameAs other: DeploymentDocument) -> Bool {
        var twin = other
        twin.revision = revision
        twin.patches = patches
        twin.written = written
        return twin == self
    }

    /// The same revision with as many instances as `other` wants, where they differ in nothing else.
    ///
    /// No scorer has to be started anew for that: those that serve go on.
    func scaled(as other: DeploymentDocument) -> DeploymentDocument? {
        guard settings.instances != other.settings.instances else { return nil }
        var scaled = self
        scaled.settings.instances = other.settings.instances
        guard scaled.serves(sameAs: other) else { return nil }
        scaled.written = other.written ?? written
        return scaled
    }

    /// The same as a later revision.
    func again(as revision: Revision) -> DeploymentDocument {
        var later = self
        later.revision = revision
        return later
    }

    /// What its scorers must have installed; nothing for a program.
    var environment: EnvironmentDefinition? {
        switch scorer {
        case .mlflow(let scorer): scorer.environment
        case .script(let scorer): scorer.environment
        case .native: nil
        }
    }

    /// The copy of its model; nothing for a scorer of one's own without one.
    var model: Digest? {
        if case .mlflow = scorer { content } else { scorer.model?.content }
    }

    /// Every copy that its scorers need.
    var contents: [Digest] { [content] + (scorer.model.map { [$0.content] } ?? []) }

    /// Calls of the model at once in one scorer.
    var callsAtOnce: Int { settings.maxConcurrentRequestsPerInstance }

    /// Requests bound to a lane ahead of the calls under way.
    ///
    /// A program of microseconds would spend its life being woken for one request at a time; what is
    /// bound and not taken is withdrawn when another lane stands idle, and moves on when it dies. A
    /// Python model's milliseconds gain nothing by it.
    var ahead: Int {
        switch scorer {
        case .mlflow, .script: 0
        case .native: 15
        }
    }

    /// The same once a scorer has said that requests may share a call of its model: two calls' worth,
    /// so that the next call's requests are there when one ends.
    var aheadOfShared: Int {
        switch scorer {
        case .mlflow: 127
        case .native, .script: ahead
        }
    }

    /// The declaration that the rulebook decides about.
    var declaration: DeploymentDeclaration {
        DeploymentDeclaration(
            key: key,
            revision: revision,
            instances: settings.instances,
            instanceType: settings.instanceType,
            percent: 100,
            environment: environment?.canonicalText ?? "",
            model: contents.map(\.hexadecimal).joined(separator: "+"),
            startDeadline: .seconds(settings.startDeadlineSeconds),
            drainDeadline: .milliseconds(settings.deadlineMilliseconds) + drainGrace,
            failureRule: settings.failureRule,
            probes: settings.probes,
            comparison: settings.comparisonRule
        )
    }

    /// How much longer than a request an instance may take to drain: the gateway says when it is
    /// empty, and an answer in parts may take its time.
    private var drainGrace: Duration {
        if case .mlflow = scorer { .seconds(5) } else { .seconds(600) }
    }

    private static func apology(for key: DeploymentKey) -> String {
        "the deployment '\(key)' has failed; see 'scorekeeper status \(key.endpoint)'"
    }

    /// What the gateway needs to know of the deployment while this revision's settings hold.
    ///
    /// Shape: `isManaged` where its endpoint was declared by itself.
    func route(
        _ published: PublishedDeployment,
        statuses: StatusStyle,
        isManaged: Bool = false
    ) -> DeploymentRoute {
        let availability: DeploymentRoute.Availability =
            switch published.availability {
            case .open: .open
            // Why is for those who may ask for the status: it tells of folders, packages and code.
            case .failed: .failed(Self.apology(for: key))
            }
        let contract: DeploymentRoute.Contract =
            switch scorer {
            case .mlflow: .mlflow
            case .native: .native
            case .script: .script
            }
        var route = DeploymentRoute(
            key: key,
            percent: published.percent,
            contract: contract,
            availability: availability,
            runs: published.runs,
            deadlineMilliseconds: settings.deadlineMilliseconds,
            retry: settings.retry,
            statuses: settings.statuses ?? statuses
        )
        if let limit = settings.bodyLimit { route.bodyLimit = limit }
        route.mirrorPercent = published.mirrorPercent
        route.keptRequests = published.keptRequests
        // What short commands and folders brought waits by its own deadline, as it always did.
        if isManaged { route.pendingLimit = settings.pendingLimit }
        return route
    }
}
