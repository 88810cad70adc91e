// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How a problem travels in the control API: `{"error": {"code", "message", "target"}}`.
///
/// Shape: the kind is the HTTP status, both ways, so that a client in another language needs
/// nothing but the status, and ours gets its `Problem` back.
public struct ProblemBody: Codable, Sendable, Hashable {
    /// What stands under `error`.
    public struct Content: Codable, Sendable, Hashable {
        /// A stable word for programs.
        public var code: String
        /// What is wrong and what to do about it, as a sentence.
        public var message: String
        /// Where, when it is in a file.
        public var target: String?
    }

    /// The problem.
    public var error: Content

    /// Writes a problem.
    public init(_ problem: Problem) {
        let sentence =
            problem.remedy.isEmpty ? problem.what : "\(problem.what); \(problem.remedy)"
        error = Content(
            code: problem.code,
            message: sentence,
            target: problem.location?.description
        )
    }

    /// The problem as it was, its kind told by the HTTP status.
    public func problem(status: Int) -> Problem {
        Problem(
            Problem.Kind(status: status),
            code: error.code,
            what: error.message,
            location: error.target.map { Problem.Location(file: $0) }
        )
    }
}

extension Problem.Kind {
    /// The HTTP status that a problem of this kind is answered with.
    public var status: Int {
        switch self {
        case .invalid: 400
        case .notFound: 404
        case .conflict: 409
        case .exhausted: 507
        case .unsupported: 501
        case .failed: 500
        }
    }

    /// The kind that an HTTP status tells of.
    public init(status: Int) {
        switch status {
        case 404: self = .notFound
        case 409: self = .conflict
        case 507: self = .exhausted
        case 501: self = .unsupported
        case 400..<500: self = .invalid
        default: self = .failed
        }
    }
}
