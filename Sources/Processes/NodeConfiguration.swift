// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// Who a node is and what it may use.
public struct NodeConfiguration: Sendable {
    /// The node's name.
    public var name: NodeName
    /// Where it listens for the supervisor.
    public var socketPath: String
    /// The folder with `launcher`, `_launch.so` and the Python runtime.
    public var supportFolder: String
    /// A folder of its own for scorers' private files where mounts cannot be had.
    public var scratchFolder: String
    /// The name of its cgroup; no other node on the machine may use it.
    public var cgroupName: String
    /// Thousandths of a core that it may give out.
    public var millicores: Int
    /// Bytes of memory that it may give out.
    public var memoryBytes: Int64
    /// The host's uids for scorers where it runs as root; no other node may use them.
    public var users: Range<UInt32>
    /// How long it stays without a supervisor.
    public var orphanGrace: Duration
    /// The highest level it may try; lower ones are for tests and for machines that need it.
    public var highestIsolation: IsolationLevel
    /// How often it looks whether the limits of its runs are as it made them.
    public var limitsLook: Duration
    /// How long a start gives way to what serves.
    public var startPatience: Duration
    /// What this process runs, for the supervisor to know.
    public var program: ProgramIdentity?

    /// Makes a configuration.
    public init(
        name: NodeName,
        socketPath: String,
        supportFolder: String,
        scratchFolder: String,
        cgroupName: String,
        millicores: Int,
        memoryBytes: Int64,
        users: Range<UInt32>,
        orphanGrace: Duration,
        highestIsolation: IsolationLevel = .limited,
        limitsLook: Duration = .seconds(10),
        startPatience: Duration = .seconds(5),
        program: ProgramIdentity? = nil
    ) {
        self.name = name
        self.socketPath = socketPath
        self.supportFolder = supportFolder
        self.scratchFolder = scratchFolder
        self.cgroupName = cgroupName
        self.millicores = millicores
        self.memoryBytes = memoryBytes
        self.users = users
        self.orphanGrace = orphanGrace
        self.highestIsolation = highestIsolation
        self.limitsLook = limitsLook
        self.startPatience = startPatience
        self.program = program
    }

    /// The launcher's path.
    var launcher: String { "\(supportFolder)/launcher" }
}
