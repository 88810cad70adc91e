// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One endpoint as the gateway shall know it; replaces whatever it knew.
public struct PublishedEndpoint: Codable, Hashable, Sendable {
    /// The endpoint.
    public let endpoint: EndpointName
    /// Its deployments, in order of name.
    public let deployments: [PublishedDeployment]

    /// Makes the truth about an endpoint.
    public init(endpoint: EndpointName, deployments: [PublishedDeployment]) {
        self.endpoint = endpoint
        self.deployments = deployments
    }
}

/// One deployment behind a published endpoint.
public struct PublishedDeployment: Codable, Hashable, Sendable {
    /// Whether requests may wait for a run, or are refused.
    public enum Availability: Codable, Hashable, Sendable {
        /// A run serves, or one is to be expected.
        case open
        /// No run is to be expected: the sentence says why.
        case failed(String)
    }

    /// The deployment.
    public let key: DeploymentKey
    /// The revision whose settings hold for requests: the old one until a rollout has ended.
    public let revision: Revision
    /// Percent of the endpoint's traffic, 0 to 100.
    public let percent: Int
    /// Percent of the endpoint's requests that it is sent copies of, 0 to 50.
    public let mirrorPercent: Int
    /// Recent requests and their answers that are kept of it, at most; nothing where none are.
    public let keptRequests: Int?
    /// Whether requests may wait for a run, or are refused.
    public let availability: Availability
    /// The runs that may be given requests, in order; each of them has said that it is ready.
    public let runs: [Run]

    /// Makes the truth about a deployment.
    public init(
        key: DeploymentKey,
        revision: Revision,
        percent: Int,
        mirrorPercent: Int = 0,
        keptRequests: Int? = nil,
        availability: Availability,
        runs: [Run]
    ) {
        self.key = key
        self.revision = revision
        self.percent = percent
        self.mirrorPercent = mirrorPercent
        self.keptRequests = keptRequests
        self.availability = availability
        self.runs = runs
    }
}
