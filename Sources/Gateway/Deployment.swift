// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary
import Wire

/// One deployment as the gateway serves it: its rules, its lanes, its counters.
///
/// A class because every exchange of the deployment counts in it. Confined to the loop.
final class Deployment {
    let key: DeploymentKey
    let id: DeploymentID
    /// Which dialects its scorers speak.
    private(set) var contract = DeploymentRoute.Contract.native
    /// How a model's own failures are shown.
    private(set) var statuses = StatusStyle.direct
    /// Longest body in bytes that it takes.
    private(set) var bodyLimit = 0
    /// Why no run will come; nothing while the deployment is open.
    private(set) var failure: String?
    /// The runs that may be given requests, in order.
    private(set) var runs: [Run] = []
    /// Its lanes, whether routed or not.
    var stations: [LaneStation] = []
    var counters = AnswerCounters()
    /// What was counted of the copies that it got.
    var mirrored = MirrorCounters()
    /// Recent requests and their answers; nothing where none are kept.
    var kept: KeptRequests?
    /// The answers of its revisions.
    var revisions = RevisionCounters()
    /// The header line that names it in each answer.
    let headerLine: [UInt8]

    init(key: DeploymentKey, id: DeploymentID) {
        self.key = key
        self.id = id
        self.headerLine = Array("azureml-model-deployment: \(key.deployment)\r\n".utf8)
    }

    /// Takes over what the supervisor says of it.
    func follow(_ route: DeploymentRoute) {
        contract = route.contract
        statuses = route.statuses
        bodyLimit = route.bodyLimit
        runs = route.runs
        switch route.availability {
        case .open: failure = nil
        case .failed(let sentence): failure = sentence
        }
    }

    /// The supervisor no longer names it.
    func retire() {
        runs = []
        kept = nil
        failure = "the deployment '\(key)' was removed"
    }
}

extension DeploymentRules {
    /// Longest bodies that one deployment may have under way at once, where they are so long that
    /// the usual room would not do.
    private static let bodiesAtOnce = 4

    /// The rules that a route makes.
    init(_ route: DeploymentRoute) {
        self.init(
            isOpen: route.availability == .open,
            waitingLimit: route.waitingLimit,
            pendingLimit: route.pendingLimit,
            bodyLimit: route.bodyLimit,
            bodyRoom: Self.bodiesAtOnce * route.bodyLimit,
            deadline: .milliseconds(route.deadlineMilliseconds),
            retry: route.retry
        )
    }
}
