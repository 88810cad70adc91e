// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One endpoint and what stands behind it.
public struct EndpointStatus: Codable, Sendable, Hashable {
    /// Its name.
    public var name: EndpointName
    /// Where requests go: the scoring URI.
    public var url: String
    /// Where it came from: the dropped folder's or the deployed model's path.
    public var source: String
    /// Its deployments, in order of name.
    public var deployments: [DeploymentStatus]

    /// Makes an endpoint's facts.
    public init(
        name: EndpointName,
        url: String,
        source: String,
        deployments: [DeploymentStatus]
    ) {
        self.name = name
        self.url = url
        self.source = source
        self.deployments = deployments
    }
}
