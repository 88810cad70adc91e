// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to hand the server over to another executable.
public struct HandoverRequest: Codable, Sendable, Hashable {
    /// The executable's absolute path; nothing for the one that lies where the server's own lay.
    public var executable: String?

    /// Makes a request.
    public init(executable: String? = nil) {
        self.executable = executable
    }
}

/// What takes the server over.
public struct HandoverAnswer: Codable, Sendable, Hashable {
    /// The executable's path.
    public var executable: String
    /// The version that it says it is.
    public var version: String

    /// Makes an answer.
    public init(executable: String, version: String) {
        self.executable = executable
        self.version = version
    }
}

/// As much of a server's status as a handover is watched by: any version's can be read.
public struct HandoverProgress: Codable, Sendable, Hashable {
    /// The supervisor.
    public struct Server: Codable, Sendable, Hashable {
        /// Its version.
        public var version: String
        /// When it started.
        public var since: String
    }

    /// A process that outlived the handover, or came after it.
    public struct Process: Codable, Sendable, Hashable {
        /// A node's name.
        public var name: String?
        /// Its process.
        public var pid: Int32?
        /// Whether it runs another executable than the server.
        public var isOlder: Bool?
    }

    /// The supervisor.
    public var server: Server
    /// The gateway.
    public var gateway: Process
    /// The nodes.
    public var nodes: [Process]

    /// Whether another life of the server than `before` has the gateway and the nodes it wants.
    public func isDone(since before: HandoverProgress) -> Bool {
        server.since != before.server.since && gateway.isOlder == false
            && nodes.allSatisfy { $0.isOlder != nil }
    }

    /// The nodes that run on with an older executable, for scorers that they hold.
    public var olderNodes: [String] {
        nodes.filter { $0.isOlder == true }.compactMap(\.name)
    }
}
