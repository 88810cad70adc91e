// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary

/// A person's scorer as it is started: a file that can be run, and its arguments.
public struct ScorerProgram: Hashable, Sendable {
    /// The file.
    public let path: String
    /// What it is started with.
    public let arguments: [String]
    /// What it finds in its environment besides ours.
    public var variables: [String: String] = [:]

    /// Looks whether `path` can be run.
    ///
    /// Errors: `noScorer` where there is no such file; `scorerNotExecutable` where it is none that
    /// can be run.
    public init(path: String, arguments: [String] = []) throws(Problem) {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw Problem(
                .notFound,
                code: "noScorer",
                what: "cannot find the scorer '\(path.printable)'",
                remedy: "name a program that is there"
            )
        }
        guard facts.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            throw Problem(
                .invalid,
                code: "scorerNotExecutable",
                what: "cannot run '\(path.printable)': it is not an executable file",
                remedy: "build it, or name the program itself; 'chmod +x' makes a script one"
            )
        }
        self.path = URL(fileURLWithPath: path).path
        self.arguments = arguments
    }

    /// The program that runs this one: `gdb --args ./scorer --flag`.
    ///
    /// Errors: as for `init`.
    public func run(by tool: String, _ options: [String]) throws(Problem) -> ScorerProgram {
        var outer = try ScorerProgram(path: tool, arguments: options + [path] + arguments)
        outer.variables = variables
        return outer
    }

    /// What it finds in its environment: ours, the lane's descriptor, and `variables`.
    var environment: [String] {
        var all = ProcessInfo.processInfo.environment
        all["SCOREKEEPER_LANE_FD"] = "3"
        all.merge(variables) { $1 }
        return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}
