// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the supervisor asks of a node.
public enum NodeOrder: Codable, Sendable {
    /// Start a run.
    case spawn(SpawnOrder)
    /// End a run's whole tree now.
    case end(Run)
    /// The run can answer: it gives way no longer. Answered by `NodeReport.inFull`.
    case ready(Run)
    /// Send the gateway's end of this run's lane again: answered by `NodeReport.lane`.
    case lane(Run)
    /// Let the warmed parent of this environment go.
    case cool(environment: String)
    /// Say something: answered by `NodeReport.here`.
    case ask
    /// End everything and leave.
    case leave
}

/// What a node tells the supervisor.
///
/// A node decides nothing.
public enum NodeReport: Codable, Sendable {
    /// First on every connection.
    case hello(NodeHello)
    /// After `hello`: one for each run that has a process.
    case holding(HeldRun)
    /// After `hello`: one for each run that is held and has no process yet; `spawned` or `refused`
    /// follows.
    case starting(Run)
    /// After the last `holding` and `starting` and every exit that nobody has heard of.
    case helloEnd
    /// The run has a process; with the gateway's end of its lane.
    case spawned(HeldRun)
    /// The run never had a process.
    case refused(Run, Problem)
    /// The run's tree is gone.
    case exited(Run, ExitReport)
    /// The gateway's end of the run's lane.
    case lane(Run)
    /// The run counts in full where cores are wanted.
    case inFull(Run)
    /// Something a person should know; nothing: what was said last is so no more.
    case notice(String)
    /// The answer to `NodeOrder.ask`: the loop of the node turns.
    case here
}

/// Who a node is and what the machine lets it do.
public struct NodeHello: Codable, Sendable {
    /// The node's name.
    public let name: NodeName
    /// The agent's pid.
    public let pid: Int32
    /// Thousandths of a core that the node may give out.
    public let millicores: Int
    /// Bytes of memory that the node may give out.
    public let memoryBytes: Int64
    /// The highest isolation level that was tried and worked.
    public let isolation: IsolationLevel
    /// Why it is not higher, a sentence each; empty at the highest.
    public let isolationReasons: [String]
    /// What it runs; nodes of earlier versions do not say.
    public let program: ProgramIdentity?
    /// Whether it answers `NodeOrder.ask`; nodes of earlier versions do not say, and do not.
    public let answers: Bool?
    /// Whether it understands `NodeOrder.ready`; nodes of earlier versions do not say, and do not.
    public let heedsReady: Bool?

    /// Makes a greeting.
    public init(
        name: NodeName,
        pid: Int32,
        millicores: Int,
        memoryBytes: Int64,
        isolation: IsolationLevel,
        isolationReasons: [String],
        program: ProgramIdentity? = nil,
        answers: Bool? = true,
        heedsReady: Bool? = true
    ) {
        self.name = name
        self.pid = pid
        self.program = program
        self.answers = answers
        self.heedsReady = heedsReady
        self.millicores = millicores
        self.memoryBytes = memoryBytes
        self.isolation = isolation
        self.isolationReasons = isolationReasons
    }
}

/// A run that has a process.
public struct HeldRun: Codable, Sendable {
    /// The run.
    public let run: Run
    /// The scorer's pid as the host sees it.
    public let pid: Int32
    /// The level it got.
    public let isolation: IsolationLevel
    /// Whether it was forked from a warmed parent.
    public let isWarm: Bool
    /// What it was given and is kept from; nodes of earlier versions say nothing of it.
    public let enclosure: Enclosure?

    /// Makes a report.
    public init(
        run: Run,
        pid: Int32,
        isolation: IsolationLevel,
        isWarm: Bool,
        enclosure: Enclosure? = nil
    ) {
        self.run = run
        self.pid = pid
        self.isolation = isolation
        self.isWarm = isWarm
        self.enclosure = enclosure
    }
}

/// Everything a node needs to start one run.
public struct SpawnOrder: Codable, Sendable {
    /// What to execute.
    public enum Program: Codable, Sendable {
        /// The Python runtime on a model directory.
        case python(PythonProgram)
        /// A scorer binary: the program's path and its arguments, without the program itself.
        case native(path: String, arguments: [String])
    }

    /// The run.
    public var run: Run
    /// What to execute.
    public var program: Program
    /// Environment variables of the scorer, all of them: nothing is inherited.
    public var variables: [String: String]
    /// Directories and files that the scorer may read, besides the system's.
    public var readable: [String]
    /// The limits of its instance type.
    public var instanceType: InstanceType
    /// Whether the scorer may reach the network.
    public var isNetworkAllowed: Bool
    /// The least isolation that will do; less is refused.
    public var minimumIsolation: IsolationLevel
    /// Where its output goes: a file, appended to, bounded by the node.
    public var logPath: String
    /// Whether its start gives way to all that serves, until it can answer; supervisors of earlier
    /// versions do not say, and their starts do not.
    public var givesWay: Bool?
    /// Whether it runs on the gateway's core; supervisors of earlier versions do not say, and theirs
    /// do not.
    public var isOnGatewayCore: Bool?

    /// Makes an order.
    public init(
        run: Run,
        program: Program,
        variables: [String: String],
        readable: [String],
        instanceType: InstanceType,
        isNetworkAllowed: Bool,
        minimumIsolation: IsolationLevel,
        logPath: String,
        givesWay: Bool? = nil,
        isOnGatewayCore: Bool? = nil
    ) {
        self.run = run
        self.program = program
        self.variables = variables
        self.readable = readable
        self.instanceType = instanceType
        self.isNetworkAllowed = isNetworkAllowed
        self.minimumIsolation = minimumIsolation
        self.logPath = logPath
        self.givesWay = givesWay
        self.isOnGatewayCore = isOnGatewayCore
    }
}
