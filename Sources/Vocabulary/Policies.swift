// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What the gateway does with a request whose scorer died while it was being scored.
public enum RetryPolicy: String, Codable, Sendable, CaseIterable {
    /// Score it again elsewhere, once, inside its deadline: for models whose scoring has no effects.
    case once
    /// Answer 502 at once: for code that may not run twice.
    case never
}

/// How a model's own failures are shown to the client.
public enum StatusStyle: String, Codable, Sendable, CaseIterable {
    /// The scorer's status as it is, as `mlflow models serve` answers.
    case direct
    /// 424 with `ms-azureml-model-error-statuscode`, as Azure's managed endpoints answer.
    case managed

    /// Reads a word; what a ledger kept from before may have the old one.
    public init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let style = Self(rawValue: word == "azure" ? "managed" : word) else {
            let context = DecodingError.Context(
                codingPath: decoder.codingPath,
                debugDescription: "no style of statuses is called '\(word)'"
            )
            throw DecodingError.dataCorrupted(context)
        }
        self = style
    }
}

/// Whether the rows of requests that wait together are scored in one call of the model.
public enum MergePolicy: String, Codable, Sendable, CaseIterable {
    /// Once it is proven that a row's answer does not depend on the rows beside it.
    case auto
    /// Without the proof; a call that answers another number of rows still ends it.
    case on
    /// Never.
    case off
}

/// On which core a scorer runs.
public enum CorePlacement: String, Codable, Sendable, CaseIterable {
    /// Wherever the kernel likes.
    case any
    /// On the gateway's own: for calls of a few microseconds, which a hand-over to another core would
    /// outlast. A longer one keeps the gateway from its work.
    case gateway
}

/// How far a scorer is shut off from the machine; each level includes the ones before it.
///
/// A scorer has a uid of its own at every level, where the node is root and may use several; below
/// `sandbox`, those that are forked from one warmed parent share one.
///
/// Source: ARCHITECTURE.md, "Isolation"; `IsolationTests`.
public enum IsolationLevel: String, Codable, Sendable, CaseIterable, Comparable {
    /// Its own session, tmp and descriptors, a clean environment, no capabilities and no way to new
    /// privileges; dies with its node.
    case process
    /// + Landlock and seccomp: files outside its own, TCP and dangerous calls denied.
    case confined
    /// + namespaces: own pids, own mounts on an allow-list, an empty network.
    case sandbox
    /// + a cgroup: memory, pids and CPU limits, whole-tree kill.
    case limited

    /// Whether `left` comes before `right`.
    public static func < (left: IsolationLevel, right: IsolationLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .process: 0
        case .confined: 1
        case .sandbox: 2
        case .limited: 3
        }
    }
}

/// How a process ended.
public struct ExitReport: Hashable, Codable, Sendable, CustomStringConvertible {
    /// Why the kernel says it ended.
    public enum Cause: Hashable, Codable, Sendable {
        /// It left by itself, with this status.
        case exited(status: Int32)
        /// It was ended by this signal.
        case signalled(Int32)
        /// Its memory limit was reached and the kernel ended it.
        case outOfMemory
        /// Nobody saw the end: its node went with it.
        case lost
    }

    /// Why it ended.
    public let cause: Cause
    /// The last lines it wrote, bounded, escaped; what a person reads first.
    public let lastLines: [String]
    /// The limit that `outOfMemory` is about, in bytes; reports of earlier versions say none.
    public let memoryBytes: Int64?

    /// Makes a report.
    public init(cause: Cause, lastLines: [String] = [], memoryBytes: Int64? = nil) {
        self.cause = cause
        self.lastLines = lastLines
        self.memoryBytes = memoryBytes
    }

    /// The text for people.
    public var description: String {
        switch cause {
        case .exited(let status): "left with status \(status)"
        case .signalled(let signal): "was ended by signal \(SignalName(signal))"
        case .outOfMemory:
            "ran out of memory: it needed more than its "
                + (memoryBytes.map { "\(ByteCount($0))" } ?? "limit")
        case .lost: "was lost with its node"
        }
    }
}
