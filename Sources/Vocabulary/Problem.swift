// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What went wrong, where, and what to do about it: the one error that crosses targets.
///
/// Each problem reads as one sentence: `what`, then `; `, then `remedy`. Words follow the house's
/// rule: verb first in lower case, values in single quotes, no exclamation.
///
/// Source: CONTRIBUTING.md, "Errors".
public struct Problem: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    /// What kind of answer the problem calls for.
    public enum Kind: String, Codable, Sendable {
        /// The input is wrong: the same input will be refused again.
        case invalid
        /// What was named does not exist.
        case notFound
        /// It contradicts what is already there.
        case conflict
        /// There is not enough of something: cores, memory, disk.
        case exhausted
        /// It is not built yet, or switched off.
        case unsupported
        /// The machine or another program did not do what was asked.
        case failed
    }

    /// A place in a file that a person can open.
    public struct Location: Hashable, Codable, Sendable, CustomStringConvertible {
        /// The file's path, as the person named it.
        public let file: String
        /// The line, from 1.
        public let line: Int?
        /// The column in characters, from 1.
        public let column: Int?

        /// Makes a place; a column means nothing without a line.
        public init(file: String, line: Int? = nil, column: Int? = nil) {
            self.file = file
            self.line = line
            self.column = column
        }

        /// `file:line:column`, as compilers write it.
        public var description: String {
            guard let line else { return file }
            guard let column else { return "\(file):\(line)" }
            return "\(file):\(line):\(column)"
        }
    }

    /// What kind of answer the problem calls for.
    public let kind: Kind
    /// A stable word for programs, for example `duplicateKey`.
    public let code: String
    /// What is wrong.
    public let what: String
    /// What to do about it; empty where there is nothing.
    public let remedy: String
    /// Where, when it is in a file.
    public let location: Location?

    /// Makes a problem from its parts.
    public init(
        _ kind: Kind,
        code: String,
        what: String,
        remedy: String = "",
        location: Location? = nil
    ) {
        self.kind = kind
        self.code = code
        self.what = what
        self.remedy = remedy
        self.location = location
    }

    /// The whole sentence: where, what, what to do.
    public var description: String {
        let sentence = remedy.isEmpty ? what : "\(what); \(remedy)"
        guard let location else { return sentence }
        return "\(location): \(sentence)"
    }

    /// The same problem, placed.
    public func at(_ location: Location) -> Problem {
        Problem(kind, code: code, what: what, remedy: remedy, location: location)
    }
}
