// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the control plane asks of a server about endpoints that are declared by themselves.
public protocol OnlineControl: Sendable {
    /// Every endpoint, in order of name; those that nobody declared by itself too.
    func onlineEndpoints() async -> [OnlineEndpoint]

    /// Makes an endpoint, or changes one; traffic moves at once.
    ///
    /// Errors: `invalid` for a document or a share of traffic that breaks a rule, `notFound` for a
    /// deployment or endpoint that is not there, `conflict` where `mode` is contradicted.
    func put(_ request: EndpointRequest) async throws(Problem) -> OnlineEndpoint

    /// Takes up a deployment and answers at once; serving comes later and shows in `status`.
    ///
    /// Errors: those of `deploy`; `notFound` where its endpoint was not declared; `conflict` where
    /// `mode` is contradicted.
    func put(_ request: OnlineDeploymentRequest) async throws(Problem) -> DeployAnswer

    /// Begins to drain and remove one deployment.
    ///
    /// Errors: `notFound`; `conflict` where it answers requests.
    func delete(_ deployment: DeploymentKey) async throws(Problem)

    /// What the answers of a live deployment and of one that gets copies differ in, whichever of the
    /// two is named first.
    ///
    /// Errors: `notFound`; `conflict` where nothing is mirrored or compared between the two.
    func compare(
        _ deployment: DeploymentKey,
        with other: DeploymentName
    ) async throws(Problem) -> DeploymentComparison
}
