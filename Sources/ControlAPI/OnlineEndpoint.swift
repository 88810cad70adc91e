// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// An endpoint in the words of Azure ML's command line.
///
/// Shape: as JSON its keys are those of `az ml online-endpoint show`.
/// Source: Azure Machine Learning, CLI (v2) managed online endpoint schema.
public struct OnlineEndpoint: Codable, Sendable, Hashable {
    /// Its name.
    public var name: EndpointName
    /// How callers show who they are; nobody asks them yet.
    public var authMode: String
    /// `Succeeded`, or `Deleting` while something of it is left.
    public var provisioningState: String
    /// Where requests go.
    public var scoringURI: String
    /// Where its OpenAPI description is.
    public var openAPIURI: String
    /// Percent of the requests by deployment.
    public var traffic: [String: Int]
    /// Percent of the requests that are copied, by deployment.
    public var mirrorTraffic: [String: Int]
    /// What it is, for people.
    public var description: String?
    /// The person's own labels.
    public var tags: [String: String]
    /// Properties, ours among them.
    public var properties: [String: String]
    /// Its deployments, in order of name.
    public var deployments: [DeploymentName]
    /// Whether it was declared by itself, rather than by a deployment or a dropped folder.
    public var isDeclared: Bool
    /// What a person should be told.
    public var notices: [String]

    enum CodingKeys: String, CodingKey {
        case name, traffic, description, tags, properties, deployments, notices
        case authMode = "auth_mode"
        case provisioningState = "provisioning_state"
        case scoringURI = "scoring_uri"
        case openAPIURI = "openapi_uri"
        case mirrorTraffic = "mirror_traffic"
        case isDeclared = "declared"
    }

    /// Makes an endpoint's facts.
    public init(
        name: EndpointName,
        authMode: String = "key",
        provisioningState: String = "Succeeded",
        scoringURI: String,
        openAPIURI: String,
        traffic: [String: Int] = [:],
        mirrorTraffic: [String: Int] = [:],
        description: String? = nil,
        tags: [String: String] = [:],
        properties: [String: String] = [:],
        deployments: [DeploymentName] = [],
        isDeclared: Bool = true,
        notices: [String] = []
    ) {
        self.name = name
        self.authMode = authMode
        self.provisioningState = provisioningState
        self.scoringURI = scoringURI
        self.openAPIURI = openAPIURI
        self.traffic = traffic
        self.mirrorTraffic = mirrorTraffic
        self.description = description
        self.tags = tags
        self.properties = properties
        self.deployments = deployments
        self.isDeclared = isDeclared
        self.notices = notices
    }
}
