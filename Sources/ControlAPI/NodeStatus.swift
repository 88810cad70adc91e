// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One node: a share of the machine and the process that looks after it.
public struct NodeStatus: Codable, Sendable, Hashable {
    /// Its name.
    public var name: NodeName
    /// Its agent's process; nothing while there is none.
    public var pid: Int32?
    /// The highest isolation level that worked there; nothing until it has said.
    public var isolation: IsolationLevel?
    /// Why it is not higher, a sentence each.
    public var isolationReasons: [String]
    /// Thousandths of a core that it may give out.
    public var millicores: Int
    /// Thousandths of a core that are reserved.
    public var reservedMillicores: Int
    /// Bytes of memory that it may give out.
    public var memoryBytes: Int64
    /// How often its agent was started again since the server began.
    public var restarts: Int
    /// Whether it is drained: it gets nothing new, and what it holds moves away.
    public var isDrained = false
    /// Whether it answers nothing though it runs: it gets nothing new, and what serves there goes on.
    public var isSilent: Bool?
    /// Instances that have a place on it.
    public var instances = 0
    /// Whether it runs another executable than the server.
    public var isOlder: Bool?

    /// Makes a node's facts.
    public init(
        name: NodeName,
        pid: Int32?,
        isolation: IsolationLevel?,
        isolationReasons: [String],
        millicores: Int,
        reservedMillicores: Int,
        memoryBytes: Int64,
        restarts: Int,
        isOlder: Bool? = nil
    ) {
        self.isOlder = isOlder
        self.name = name
        self.pid = pid
        self.isolation = isolation
        self.isolationReasons = isolationReasons
        self.millicores = millicores
        self.reservedMillicores = reservedMillicores
        self.memoryBytes = memoryBytes
        self.restarts = restarts
    }
}
