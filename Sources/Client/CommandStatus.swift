// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the command line leaves with.
///
/// 64 is left out: it is the argument parser's own, for arguments that are no command.
public enum CommandStatus: Int32, Sendable, CaseIterable {
    /// Done.
    case done = 0
    /// It was refused or did not work.
    case failed = 1
    /// What was given is wrong: the same will be refused again.
    case badInput = 2
    /// No server answers.
    case noServer = 3
    /// What was named does not exist.
    case notFound = 4
    /// It contradicts what is there, or there is no room for it.
    case noRoom = 5

    /// The status that tells of a problem.
    public init(_ problem: Problem) {
        self = problem.code == "noServer" ? .noServer : CommandStatus(problem.kind)
    }

    /// The status that tells of a kind of problem.
    public init(_ kind: Problem.Kind) {
        self =
            switch kind {
            case .invalid, .unsupported: .badInput
            case .notFound: .notFound
            case .conflict, .exhausted: .noRoom
            case .failed: .failed
            }
    }

    /// The status that tells of an HTTP answer; 424 is the model's own failure.
    public init(answer status: Int) {
        self =
            switch status {
            case 200..<300: .done
            case 404: .notFound
            case 409, 429, 507: .noRoom
            case 424: .failed
            case 400..<500: .badInput
            default: .failed
            }
    }
}
