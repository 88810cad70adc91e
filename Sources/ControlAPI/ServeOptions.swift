// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What `scorekeeper serve` was asked for, as it was written: whoever binds reads the addresses.
public struct ServeOptions: Sendable, Hashable {
    /// A port of its own for one endpoint.
    public struct PortAssignment: Sendable, Hashable {
        /// The endpoint whose routes stand at the root there.
        public var endpoint: EndpointName
        /// `127.0.0.1:5001`.
        public var address: String

        /// Makes an assignment.
        public init(endpoint: EndpointName, address: String) {
            self.endpoint = endpoint
            self.address = address
        }
    }

    /// The folder that models are dropped into; nothing serves only what is deployed.
    public var models: String?
    /// The state folder.
    public var state: String
    /// `127.0.0.1:8080`: the common listener.
    public var listen: String
    /// Ports of their own.
    public var ports: [PortAssignment]
    /// Whether a listener beyond loopback is allowed.
    public var insecure: Bool
    /// How many nodes share the machine.
    public var nodes: Int
    /// `cores=64,memory=256GiB`: what they give out; nothing takes what there is.
    public var capacity: String?
    /// A file with instance types of the operator's own.
    public var instanceTypes: String?
    /// A loopback port for `/metrics`; nothing keeps it on the control socket alone.
    public var metricsPort: UInt16?

    /// Makes options.
    public init(
        models: String?,
        state: String,
        listen: String,
        ports: [PortAssignment] = [],
        insecure: Bool = false,
        nodes: Int = 1,
        capacity: String? = nil,
        instanceTypes: String? = nil,
        metricsPort: UInt16? = nil
    ) {
        self.models = models
        self.state = state
        self.listen = listen
        self.ports = ports
        self.insecure = insecure
        self.nodes = nodes
        self.capacity = capacity
        self.instanceTypes = instanceTypes
        self.metricsPort = metricsPort
    }
}

/// What `scorekeeper up` was asked for: one model, in the foreground, without keeping state.
public struct UpOptions: Sendable, Hashable {
    /// The model directory's absolute path.
    public var model: String
    /// `127.0.0.1:5000`: where it answers, at the root.
    public var listen: String
    /// How many instances; nothing leaves what is declared beside the model, or one.
    public var instances: Int?
    /// Whether a listener beyond loopback is allowed.
    public var insecure: Bool

    /// Makes options.
    public init(model: String, listen: String, instances: Int? = nil, insecure: Bool = false) {
        self.model = model
        self.listen = listen
        self.instances = instances
        self.insecure = insecure
    }
}
