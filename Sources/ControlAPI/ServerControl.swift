// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// What the control plane asks of a server: everything a person can ask for, nothing else.
///
/// The supervisor is one; a test has another. The control plane knows neither's inside, and the
/// supervisor never learns that it is spoken to over HTTP.
public protocol ServerControl: OnlineControl, AssetControl, PlanControl, PatchControl {
    /// Takes up a deployment and answers at once; serving comes later and shows in `status`.
    ///
    /// Errors: `invalid` for a model that cannot be served, `conflict` for a name that another
    /// source holds, `exhausted` where it cannot be recorded or has no room.
    func deploy(_ request: DeployRequest) async throws(Problem) -> DeployAnswer

    /// Begins to drain and remove an endpoint.
    ///
    /// Errors: `notFound`; `conflict` where a folder would bring it back at once.
    func delete(_ endpoint: EndpointName) async throws(Problem)

    /// Everything that is there now, in order of name, without request counters.
    func status() async -> ServerStatus

    /// What is promised of the machine's cores, and what a node's loss would cost.
    func quota() async -> QuotaStatus

    /// How a deployment's rollout stands.
    ///
    /// Errors: `notFound`.
    func rollout(of key: DeploymentKey) async throws(Problem) -> RolloutStatus

    /// Pauses, resumes or undoes a deployment's rollout.
    ///
    /// Errors: `notFound`; `conflict` where there is nothing to pause, resume or go back to.
    func command(
        _ command: RolloutCommand,
        of key: DeploymentKey
    ) async throws(Problem) -> RolloutStatus

    /// Has all that a node holds move to others, or lets it be given instances again.
    ///
    /// Errors: `notFound`; `conflict` where it is so already, or no other node is left.
    func drain(_ node: NodeName, isDrained: Bool) async throws(Problem)

    /// Why an instance is in the state it is in.
    ///
    /// Errors: `notFound` when the journal knows nothing of it.
    func explain(_ instance: InstanceID) async throws(Problem) -> Explanation

    /// Tries another executable, to which the server is to be handed over.
    ///
    /// Errors: `successor` where that does not run; `noHandover`, `leaving`.
    func handOver(_ request: HandoverRequest) async throws(Problem) -> HandoverAnswer

    /// Becomes the executable that was tried last: called once that was answered.
    func beginHandover() async

    /// What the gateway counted, in order of deployment; the last known where it does not answer.
    func statistics() async -> [DeploymentStatistics]
}
