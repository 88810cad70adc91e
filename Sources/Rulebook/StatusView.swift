// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a person is shown of everything that the rulebook holds.
public struct StatusView: Codable, Hashable, Sendable {
    /// The nodes, in order of name.
    public let nodes: [NodeView]
    /// Whether a gateway has joined.
    public let isGatewayJoined: Bool
    /// The endpoints that are things of their own, in order of name.
    public let endpoints: [TrafficDeclaration]
    /// The deployments, in order of key.
    public let deployments: [DeploymentView]
}

/// One node.
public struct NodeView: Codable, Hashable, Sendable {
    /// Its name.
    public let name: NodeName
    /// Whether it has joined.
    public let isJoined: Bool
    /// Whether it is drained: it gets nothing new, and what it holds moves away.
    public let isDrained: Bool
    /// Whether it answers nothing, though it is there.
    public let isSilent: Bool
    /// Instances that have a place on it.
    public let instances: Int
    /// Thousandths of a core that it may give out; nothing before it first joined.
    public let millicores: Int?
    /// Thousandths of a core that are reserved on it.
    public let reservedMillicores: Int
    /// Bytes of memory that it may give out; nothing before it first joined.
    public let memoryBytes: Int64?
    /// The highest isolation level that works there; nothing before it first joined.
    public let isolation: IsolationLevel?
}

/// One deployment.
public struct DeploymentView: Codable, Hashable, Sendable {
    /// The deployment.
    public let key: DeploymentKey
    /// The revision that has been rolled out whole, if there is one.
    public let current: Revision?
    /// The revision that is on its way in, prepared or not, if there is one.
    public let incoming: Revision?
    /// The newest revision, where it was given up.
    public let givenUp: Revision?
    /// Percent of the endpoint's traffic.
    public let percent: Int
    /// Percent of the endpoint's requests that it is sent copies of.
    public let mirrorPercent: Int
    /// Instances that shall serve.
    public let wanted: Int
    /// Instances that serve.
    public let serving: Int
    /// What it is doing, in one word for programs.
    public let state: DeploymentState
    /// What it is doing and why, in a sentence for people.
    public let sentence: String
    /// Its rollout, or the last that ended.
    public let rollout: RolloutView?
    /// Why its last rollout was halted, or why it has failed.
    public let problem: Problem?
    /// Its instances, in order.
    public let instances: [InstanceView]
}

/// What a deployment is doing.
public enum DeploymentState: String, Codable, Hashable, Sendable {
    /// Its first revision is being built.
    case preparing
    /// Its first revision has not served as wanted yet.
    case starting
    /// As many instances serve as are wanted.
    case serving
    /// A newer revision is being rolled in.
    case rollingOut
    /// Fewer instances serve than are wanted; the others are on their way back.
    case recovering
    /// There is no room on any node.
    case waitingForCapacity
    /// It was given up; a newer revision may be declared.
    case failed
    /// It was withdrawn and finishes its requests.
    case leaving
}

/// One instance.
public struct InstanceView: Codable, Hashable, Sendable {
    /// The instance.
    public let id: InstanceID
    /// The revision that it serves.
    public let revision: Revision
    /// Its state.
    public let state: StateName
    /// Its present run, where a process may exist.
    public let run: Run?
    /// The run's pid as the host sees it.
    public let pid: Int32?
    /// The node of its reservation.
    public let node: NodeName?
    /// How often it was started again.
    public let restarts: Int
    /// When it came to its state.
    public let since: Moment
    /// What went wrong last, if anything did.
    public let problem: String?
}

/// Why an instance is in the state that it is in.
public struct Explanation: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The instance.
    public let instance: InstanceID
    /// Its state.
    public let state: StateName
    /// The story, a sentence each.
    public let sentences: [String]

    /// The story as lines.
    public var description: String { sentences.joined(separator: "\n") }
}
