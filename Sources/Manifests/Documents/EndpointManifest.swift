// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// An endpoint as its document describes it: a managedOnlineEndpoint of Azure ML's CLI (v2).
///
/// Source: Azure ML's CLI (v2) online endpoint YAML schema; azure-ai-ml 1.35.2.
public struct EndpointManifest: Hashable, Codable, Sendable {
    /// How callers are to prove who they are.
    public enum AuthMode: String, Codable, Sendable, CaseIterable {
        /// A key that does not expire.
        case key
        /// A token that does, made by Azure ML.
        case amlToken = "aml_token"
        /// A token of Microsoft Entra.
        case aadToken = "aad_token"
    }

    /// Its name.
    public let name: EndpointName
    /// How callers are to prove who they are.
    public var authMode = AuthMode.key
    /// The percentage of requests that each deployment answers; in sum 100 or 0, none of them 0.
    public var traffic: [DeploymentName: Int] = [:]
    /// The percentage of requests that a deployment gets a copy of: one at most, up to 50.
    public var mirrorTraffic: [DeploymentName: Int] = [:]
    /// Whether Azure would let the whole network in; here the server's address says who gets in.
    public var isPublic = true
    /// What people say of it.
    public var description: String?
    /// Anyone's words about it.
    public var tags: [String: String] = [:]
    /// Anyone's properties, without those of ours.
    public var properties: [String: String] = [:]
    /// How a model's own failures are shown; as Azure shows them unless the document says so.
    public var statuses = StatusStyle.managed
    /// Where each key stands: `traffic`, `traffic.blue`, `scorekeeper.statuses`.
    public var places: [String: Problem.Location] = [:]

    /// What share of the requests a mirror may get.
    public static let mirrorPercents = 0...50

    /// An endpoint of which nothing but the name is said.
    public init(name: EndpointName) {
        self.name = name
    }
}

extension EndpointManifest {
    /// Keys of the document.
    static let keys =
        [
            "$schema", "name", "auth_mode", "identity", "traffic", "mirror_traffic",
            "public_network_access", "compute", "description", "tags", "properties",
        ] + answeredKeys

    /// Keys that Azure writes into what it answers and nobody writes to it.
    static let answeredKeys = [
        "id", "kind", "location", "provisioning_state", "scoring_uri", "openapi_uri",
    ]

    /// Keys of ours under `properties`.
    static let ownProperties = ["scorekeeper.statuses"]
}
