// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// Everything that `scorekeeper quota --output json` shows.
///
/// Units: thousandths of a core; bytes.
public struct QuotaStatus: Codable, Sendable, Hashable {
    /// What is given out of the machine.
    public struct Machine: Codable, Sendable, Hashable {
        /// Thousandths of a core that all nodes together give out.
        public var millicores: Int
        /// Those that are there.
        public var measuredMillicores: Int
        /// Bytes of memory that all nodes together give out.
        public var memoryBytes: Int64
        /// Those that are there.
        public var measuredMemoryBytes: Int64
        /// What is declared beyond what is there, in a sentence; nothing where all of it is there.
        public var overcommitment: String?

        /// Makes a machine's figures.
        public init(
            millicores: Int,
            measuredMillicores: Int,
            memoryBytes: Int64,
            measuredMemoryBytes: Int64,
            overcommitment: String?
        ) {
            self.millicores = millicores
            self.measuredMillicores = measuredMillicores
            self.memoryBytes = memoryBytes
            self.measuredMemoryBytes = measuredMemoryBytes
            self.overcommitment = overcommitment
        }
    }

    /// One node.
    ///
    /// Shape: reserved is used and pooled; all but reserved is free.
    public struct Node: Codable, Sendable, Hashable {
        /// Its name.
        public var name: NodeName
        /// Whether something can be started there now.
        public var isJoined: Bool
        /// All that it gives out.
        public var millicores: Int
        /// Its part of what is there.
        public var measuredMillicores: Int
        /// Held by instances.
        public var usedMillicores: Int
        /// Promised to deployments.
        public var reservedMillicores: Int
        /// Promised and held by nobody now: what rollouts and recovery draw on.
        public var pooledMillicores: Int
        /// What can still be promised.
        public var freeMillicores: Int
        /// Instances without cores of their own, which share what is there.
        public var sharing: Int
        /// What would not come back if the node were lost now; nothing while that is not known.
        public var loss: [Loss]?

        /// Makes a node's figures.
        public init(
            name: NodeName,
            isJoined: Bool,
            millicores: Int,
            measuredMillicores: Int,
            usedMillicores: Int,
            reservedMillicores: Int,
            pooledMillicores: Int,
            freeMillicores: Int,
            sharing: Int,
            loss: [Loss]?
        ) {
            self.name = name
            self.isJoined = isJoined
            self.millicores = millicores
            self.measuredMillicores = measuredMillicores
            self.usedMillicores = usedMillicores
            self.reservedMillicores = reservedMillicores
            self.pooledMillicores = pooledMillicores
            self.freeMillicores = freeMillicores
            self.sharing = sharing
            self.loss = loss
        }
    }

    /// Instances of a deployment that no other node could take.
    public struct Loss: Codable, Sendable, Hashable {
        /// The deployment.
        public var deployment: DeploymentKey
        /// How many of its instances could not be placed again.
        public var instances: Int
        /// How many it would be left with.
        public var left: Int

        /// Makes a loss.
        public init(deployment: DeploymentKey, instances: Int, left: Int) {
            self.deployment = deployment
            self.instances = instances
            self.left = left
        }
    }

    /// Cores that are kept until what was just rolled in has proved itself.
    public struct Rollback: Codable, Sendable, Hashable {
        /// Thousandths of a core.
        public var millicores: Int
        /// When they are let go.
        public var until: Date

        /// Makes what is kept.
        public init(millicores: Int, until: Date) {
            self.millicores = millicores
            self.until = until
        }
    }

    /// What one deployment was promised.
    public struct Deployment: Codable, Sendable, Hashable {
        /// The deployment.
        public var deployment: DeploymentKey
        /// Its instance type.
        public var instanceType: String
        /// Places that are kept for it: its instances and those of its surge.
        public var places: Int
        /// Thousandths of a core of each.
        public var millicoresEach: Int
        /// Places that instances hold now.
        public var held: Int
        /// Places that no node has room for.
        public var unplaced: Int
        /// What of it is kept only for a rollback; nothing where nothing is.
        public var rollback: Rollback?

        /// Makes a promise's figures.
        public init(
            deployment: DeploymentKey,
            instanceType: String,
            places: Int,
            millicoresEach: Int,
            held: Int,
            unplaced: Int
        ) {
            self.deployment = deployment
            self.instanceType = instanceType
            self.places = places
            self.millicoresEach = millicoresEach
            self.held = held
            self.unplaced = unplaced
        }
    }

    /// What is given out of the machine.
    public var machine: Machine
    /// The nodes, in order of name.
    public var nodes: [Node]
    /// The deployments, in order.
    public var deployments: [Deployment]

    /// Makes a status.
    public init(machine: Machine, nodes: [Node], deployments: [Deployment]) {
        self.machine = machine
        self.nodes = nodes
        self.deployments = deployments
    }
}
