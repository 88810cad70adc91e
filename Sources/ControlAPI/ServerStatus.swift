// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary
import Wire

/// Everything that `scorekeeper status --output json` shows.
public struct ServerStatus: Codable, Sendable, Hashable {
    /// The supervisor itself.
    public struct Server: Codable, Sendable, Hashable {
        /// Its process.
        public var pid: Int32
        /// Its version.
        public var version: String
        /// When it started.
        public var since: Date
        /// Where the gateway listens, the common listener first.
        public var listeners: [Listener]
        /// Whether it listens beyond loopback without authentication.
        public var insecure: Bool
        /// What it keeps telling people.
        public var notices: [String]
        /// The state folder.
        public var state: String
        /// The folder that models are dropped into; nothing for `up`.
        public var models: String?

        /// Makes a server's facts.
        public init(
            pid: Int32,
            version: String,
            since: Date,
            listeners: [Listener],
            insecure: Bool,
            notices: [String],
            state: String,
            models: String?
        ) {
            self.pid = pid
            self.version = version
            self.since = since
            self.listeners = listeners
            self.insecure = insecure
            self.notices = notices
            self.state = state
            self.models = models
        }
    }

    /// The gateway.
    public struct Gateway: Codable, Sendable, Hashable {
        /// Its process; nothing while there is none.
        public var pid: Int32?
        /// How often it was started again since the server began.
        public var restarts: Int
        /// Whether it runs another executable than the server.
        public var isOlder: Bool?

        /// Makes a gateway's facts.
        public init(pid: Int32?, restarts: Int, isOlder: Bool? = nil) {
            self.isOlder = isOlder
            self.pid = pid
            self.restarts = restarts
        }
    }

    /// Environment builds since the server began.
    public struct Builds: Codable, Sendable, Hashable {
        /// Under way.
        public var running: Int
        /// Ended well.
        public var succeeded: Int
        /// Ended badly.
        public var failed: Int

        /// Makes counters.
        public init(running: Int = 0, succeeded: Int = 0, failed: Int = 0) {
            self.running = running
            self.succeeded = succeeded
            self.failed = failed
        }
    }

    /// The supervisor itself.
    public var server: Server
    /// The gateway.
    public var gateway: Gateway
    /// The nodes, in order of name.
    public var nodes: [NodeStatus]
    /// The endpoints, in order of name.
    public var endpoints: [EndpointStatus]
    /// Environment builds.
    public var builds: Builds

    /// Makes a status.
    public init(
        server: Server,
        gateway: Gateway,
        nodes: [NodeStatus],
        endpoints: [EndpointStatus],
        builds: Builds = Builds()
    ) {
        self.server = server
        self.gateway = gateway
        self.nodes = nodes
        self.endpoints = endpoints
        self.builds = builds
    }

    /// The endpoint of this name.
    public func endpoint(_ name: EndpointName) -> EndpointStatus? {
        endpoints.first { $0.name == name }
    }

    /// The same status with each deployment's request counters filled in.
    public func counting(_ statistics: [DeploymentStatistics]) -> ServerStatus {
        var counted = self
        for endpoint in counted.endpoints.indices {
            let name = counted.endpoints[endpoint].name
            for deployment in counted.endpoints[endpoint].deployments.indices {
                let key = DeploymentKey(
                    endpoint: name,
                    deployment: counted.endpoints[endpoint].deployments[deployment].name
                )
                guard let counters = statistics.first(where: { $0.key == key }) else { continue }
                counted.endpoints[endpoint].deployments[deployment].requests =
                    RequestCounters(counters)
            }
        }
        return counted
    }
}
