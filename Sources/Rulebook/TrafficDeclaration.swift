// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How an endpoint shares its requests out among its deployments.
///
/// An endpoint of which this was declared is a thing of its own: it stays when its last deployment
/// goes, and a deployment that comes gets nothing until it is named here. One of which it never was
/// gives each deployment the percentage of its own declaration.
public struct TrafficDeclaration: Codable, Hashable, Sendable {
    /// One deployment's part.
    public struct Share: Codable, Hashable, Sendable {
        /// The deployment.
        public let deployment: DeploymentName
        /// Percent of the requests, 1 to 100.
        public let percent: Int

        /// Makes a part.
        public init(_ deployment: DeploymentName, percent: Int) {
            self.deployment = deployment
            self.percent = percent
        }
    }

    /// Most of the requests that may be copied, in percent.
    ///
    /// Source: Azure Machine Learning, "Safe rollout for online endpoints", mirrored traffic.
    public static let mostMirrored = 50

    /// The endpoint.
    public let endpoint: EndpointName
    /// Who answers, in order of name; 100 percent in sum, or nobody.
    public let live: [Share]
    /// Who is sent a copy of some requests, whose answers nobody gets.
    public let mirror: Share?

    /// Makes a declaration; parts of nothing are left out.
    public init(endpoint: EndpointName, live: [Share] = [], mirror: Share? = nil) {
        self.endpoint = endpoint
        self.live = live.filter { $0.percent != 0 }.sorted { $0.deployment < $1.deployment }
        self.mirror = mirror.flatMap { $0.percent == 0 ? nil : $0 }
    }

    /// A deployment's percent of the requests.
    func percent(of deployment: DeploymentName) -> Int {
        live.first { $0.deployment == deployment }?.percent ?? 0
    }

    /// The percent of the requests that a deployment is sent copies of.
    func mirrored(to deployment: DeploymentName) -> Int {
        mirror.flatMap { $0.deployment == deployment ? $0.percent : nil } ?? 0
    }
}
