// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What one run was given and what it is kept from, as its node carried it out.
///
/// Units: bytes; thousandths of a core. Nothing stands for "no bound of its own".
public struct Enclosure: Codable, Hashable, Sendable {
    /// The level it got.
    public var level: IsolationLevel
    /// What decides besides the level.
    public var circumstances: IsolationPromise.Circumstances
    /// The uid of its processes as the host counts.
    public var user: UInt32
    /// Most bytes of memory.
    public var memoryBytes: Int64?
    /// Cores.
    public var millicores: Int?
    /// Most processes and threads.
    public var processes: Int?
    /// Most open files.
    public var files: Int
    /// Most bytes in `/tmp`, and as many in `/dev/shm`.
    public var temporaryBytes: Int64?
    /// Whether it runs on the gateway's core alone; nothing: it does not.
    public var isOnGatewayCore: Bool?

    /// Makes an enclosure.
    public init(
        level: IsolationLevel,
        circumstances: IsolationPromise.Circumstances,
        user: UInt32,
        memoryBytes: Int64?,
        millicores: Int?,
        processes: Int?,
        files: Int,
        temporaryBytes: Int64?,
        isOnGatewayCore: Bool? = nil
    ) {
        self.level = level
        self.circumstances = circumstances
        self.user = user
        self.memoryBytes = memoryBytes
        self.millicores = millicores
        self.processes = processes
        self.files = files
        self.temporaryBytes = temporaryBytes
        self.isOnGatewayCore = isOnGatewayCore
    }

    /// Whether it is held to a promise.
    public func keeps(_ promise: IsolationPromise) -> Bool {
        promise.isKept(at: level, circumstances)
    }

    /// A subject and what is so of it, a line each.
    public struct Line: Hashable, Sendable {
        /// What it is about: one word or two.
        public let subject: String
        /// What the scorer can and cannot do.
        public let words: String
    }

    /// What its scorer can and cannot do.
    public var lines: [Line] {
        [
            Line(subject: "network", words: network),
            Line(subject: "files", words: fileAccess),
            Line(subject: "tmp", words: temporary),
            Line(subject: "processes", words: others),
            Line(subject: "memory", words: memory),
            Line(subject: "cores", words: cores),
            Line(subject: "bounds", words: bounds),
            Line(subject: "calls", words: calls),
            Line(subject: "user", words: identity),
            Line(subject: "crash", words: "no core is written; all that it started ends with it"),
        ]
    }

    private var network: String {
        if circumstances.hasNetwork {
            return "reaches it: 'egress_public_network_access: enabled' was asked for"
        }
        if level >= .sandbox { return "none: an empty one of its own" }
        if keeps(.network) {
            return "none: unix sockets only"
                + (keeps(.namedSockets) ? ", and nobody's by name" : "")
        }
        return "reaches it: this level does not keep it from there"
    }

    private var fileAccess: String {
        guard keeps(.files) else {
            return "whatever this machine lets every user read and write"
        }
        let seen = level >= .sandbox ? "sees" : "opens"
        return "\(seen) its model, its environment, the system's; all read-only"
    }

    private var temporary: String {
        let place = "HOME and TMPDIR private, gone with the run"
        guard let temporaryBytes else { return "\(place); no bound" }
        return "\(place); \(ByteCount(temporaryBytes)), /dev/shm too"
    }

    private var others: String {
        let reach =
            keeps(.neighbours)
            ? "can signal, trace and read no other" : "can signal and read those of its uid"
        return keeps(.unseen) ? "sees its own only; \(reach)" : "sees that others run; \(reach)"
    }

    private var memory: String {
        guard keeps(.memory), let memoryBytes else { return "as much as the machine has" }
        return "at most \(ByteCount(memoryBytes)); beyond it is ended, and called out of memory"
    }

    private var cores: String {
        let place = isOnGatewayCore == true ? "the gateway's own" : nil
        guard keeps(.cores), let millicores else {
            return place ?? "shares all that the machine has"
        }
        let whole = millicores / 1_000
        let rest = String(millicores % 1_000 + 1_000).dropFirst()
        return "at most \(whole).\(rest)" + (place.map { " of \($0)" } ?? "")
    }

    private var bounds: String {
        let open = "\(Counted(files, "open file"))"
        guard let processes else { return "\(open); no bound on processes" }
        return open
            + ", \(Counted(processes, "process or thread", plural: "processes and threads"))"
    }

    private var calls: String {
        keeps(.calls)
            ? "refused: tracing, mounting, namespaces, modules, bpf, io_uring"
            : "all of them, as an ordinary user"
    }

    private var identity: String {
        let whose =
            circumstances.hasOwnUser
            ? "a uid of each one's own, such as \(user)" : "uid \(user), which others share"
        return "\(whose); no way to another"
    }
}
