// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging

/// Where our processes write what happens: one line an event, on standard error.
///
/// For programs a line is a JSON object: `time`, `level`, `program`, `message`, then the event's
/// facts by name, a fact that bears one of those four names followed by `_`. For people on a
/// terminal it is a time, the message and the facts. A message is constant, so that lines can be
/// counted by it; what varies is a fact.
public struct Logbook: LogHandler {
    /// How lines look.
    public enum Style: Sendable {
        /// A JSON object a line.
        case json
        /// Words and `name=value`, times of day in UTC.
        case plain

        /// For people where standard error is a terminal, for programs elsewhere.
        public static var suitable: Style { isatty(2) == 1 ? .plain : .json }
    }

    /// Facts that every event of this logger bears.
    public var metadata: Logger.Metadata = [:]
    /// The lowest level that is written.
    public var logLevel: Logger.Level
    private let program: String
    private let style: Style
    private let write: @Sendable (String) -> Void

    /// A logger for one of our programs: `supervisor`, `gateway`, `node-1`.
    ///
    /// No global state is set: who logs is handed its logger.
    public static func logger(
        _ program: String,
        level: Logger.Level = .info,
        style: Style = .suitable
    ) -> Logger {
        Logger(label: program) { _ in
            Logbook(program: program, level: level, style: style, write: Self.writeToStandardError)
        }
    }

    /// A handler that hands each line, its newline included, to `write`.
    public init(
        program: String,
        level: Logger.Level,
        style: Style,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.program = program
        self.logLevel = level
        self.style = style
        self.write = write
    }

    /// One of the facts that every event of this logger bears.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one event.
    public func log(event: LogEvent) {
        var facts = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error, facts["error"] == nil { facts["error"] = "\(error)" }
        let entry = LogEntry(
            time: .now,
            level: event.level.rawValue,
            program: program,
            message: event.message.description,
            facts: facts.map { LogEntry.Fact(name: $0.key, value: "\($0.value)") }
        )
        switch style {
        case .json: write(entry.json + "\n")
        case .plain: write(entry.plain + "\n")
        }
    }

    /// One call of the kernel a line, so that processes sharing a file do not mix theirs.
    private static func writeToStandardError(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            _ = Glibc.write(2, bytes.baseAddress, bytes.count)
        }
    }
}
