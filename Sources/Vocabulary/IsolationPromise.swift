// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// One thing that isolation promises of a scorer, and from which level on.
///
/// Source: `scorekeeper escape-test` tries what each of them forbids; `IsolationPromiseTests`.
public enum IsolationPromise: String, Codable, Sendable, CaseIterable {
    /// Whoever lies or storms on a lane ends or slows its own run alone.
    case lane
    /// Output is bounded, and nothing in it commands a terminal.
    case log
    /// Whatever a run started ends with it.
    case tree
    /// No capabilities, and no way to any.
    case privileges
    /// Nothing is inherited: neither variables nor descriptors.
    case cleanStart
    /// Its memory is written to no disk when it crashes.
    case coreDumps
    /// Open files are bounded.
    case openFiles
    /// The machine's programs, libraries, settings and devices cannot be changed.
    case system
    /// The server's own state, its sockets and its processes cannot be touched.
    case server
    /// Other scorers cannot be signalled, traced, or read.
    case neighbours
    /// Other models, environments and the machine's other files cannot be read or written.
    case files
    /// No network, unless it was asked for.
    case network
    /// No socket of the machine's that has a name, in a folder or without one.
    case namedSockets
    /// The system calls that attacks on kernels begin with are refused.
    case calls
    /// Other processes cannot even be seen, nor shared memory of System V.
    case unseen
    /// What is temporary is bounded.
    case temporary
    /// Processes are bounded.
    case processes
    /// Memory is bounded, and running out of it is told apart.
    case memory
    /// Cores are bounded.
    case cores

    /// What decides besides the level.
    public struct Circumstances: Codable, Hashable, Sendable {
        /// Whether the scorer's uid is its own, which takes a node that is root.
        public var hasOwnUser: Bool
        /// Whether that uid is root's, though without its powers: the node is root and may use no
        /// other.
        public var hasRootsUser: Bool
        /// The version of the kernel's Landlock; 0 where there is none.
        public var landlock: Int
        /// Whether it was given the network.
        public var hasNetwork: Bool

        /// Makes circumstances.
        public init(
            hasOwnUser: Bool,
            hasRootsUser: Bool = false,
            landlock: Int,
            hasNetwork: Bool
        ) {
            self.hasOwnUser = hasOwnUser
            self.hasRootsUser = hasRootsUser
            self.landlock = landlock
            self.hasNetwork = hasNetwork
        }
    }

    /// The version of Landlock that keeps signals and abstract sockets inside.
    ///
    /// Source: Documentation/userspace-api/landlock.rst, "IPC scoping (ABI < 6)".
    static let scopingLandlock = 6

    /// Whether a scorer at this level is held to it.
    public func isKept(at level: IsolationLevel, _ circumstances: Circumstances) -> Bool {
        guard let first = firstLevel(circumstances) else { return false }
        return level >= first
    }

    /// The lowest level at which it is kept; nothing where none keeps it.
    public func firstLevel(_ circumstances: Circumstances) -> IsolationLevel? {
        let scoping: IsolationLevel =
            circumstances.landlock >= Self.scopingLandlock ? .confined : .sandbox
        switch self {
        case .lane, .log, .tree, .privileges, .cleanStart, .coreDumps, .openFiles: return .process
        // What belongs to root is root's uid to change.
        case .system: return circumstances.hasRootsUser ? .confined : .process
        case .server, .neighbours: return circumstances.hasOwnUser ? .process : scoping
        case .files, .calls: return .confined
        case .network: return circumstances.hasNetwork ? nil : .confined
        case .namedSockets: return circumstances.hasNetwork ? nil : scoping
        case .unseen, .temporary: return .sandbox
        case .processes: return circumstances.hasOwnUser ? .process : .limited
        case .memory, .cores: return .limited
        }
    }
}
