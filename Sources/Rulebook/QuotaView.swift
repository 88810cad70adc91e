// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is promised of the machine's cores, to whom, and what the loss of a node would cost.
public struct QuotaView: Codable, Hashable, Sendable {
    /// The nodes, in order of name.
    public let nodes: [NodeQuota]
    /// The deployments, in order of key.
    public let deployments: [DeploymentQuota]
}

/// The cores of one node, in thousandths.
///
/// Shape: `reserved` is `used` and `pooled`; `free` may be less than nothing, where a node came back
/// smaller than it was.
public struct NodeQuota: Codable, Hashable, Sendable {
    /// Its name.
    public let name: NodeName
    /// Whether something can be started there now.
    public let isJoined: Bool
    /// All that it gives out; nothing before that is known.
    public let millicores: Int?
    /// Held by instances, draining and stopping ones included.
    public let usedMillicores: Int
    /// Kept back and held by nobody: what rollouts and recovery draw on.
    public let pooledMillicores: Int
    /// Instances that have no cores of their own and share what is there.
    public let sharing: Int
    /// What would not come back if the node were lost now; nothing while not everyone was heard of.
    public let loss: [Loss]?

    /// Instances of a deployment that no other node could take.
    public struct Loss: Codable, Hashable, Sendable {
        /// The deployment.
        public let key: DeploymentKey
        /// How many of its instances could not be placed again.
        public let instances: Int
        /// How many it would be left with.
        public let left: Int
    }

    /// All that is promised.
    public var reservedMillicores: Int { usedMillicores + pooledMillicores }
    /// What can still be promised.
    public var freeMillicores: Int? { millicores.map { $0 - reservedMillicores } }
}

/// What one deployment was promised.
public struct DeploymentQuota: Codable, Hashable, Sendable {
    /// The deployment.
    public let key: DeploymentKey
    /// The instance type of what was declared last.
    public let instanceType: String
    /// Places that are kept for it: its instances and those of its surge.
    public let places: Int
    /// Thousandths of a core of each place: those of the largest type of its present revisions.
    public let millicoresEach: Int
    /// Instances that hold a place now.
    public let held: Int
    /// Places that no node has room for.
    public let unplaced: Int
    /// What of it is kept only for a rollback; nothing where nothing is.
    public let rollback: Rollback?

    /// Kept until what was just rolled in has proved itself.
    public struct Rollback: Codable, Hashable, Sendable {
        /// Thousandths of a core.
        public let millicores: Int
        /// When they are let go.
        public let until: Moment
    }
}
