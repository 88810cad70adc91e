// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Conformance
import Foundation
import Glibc
import Vocabulary

/// A tool that a scorer is run by.
enum DebugTool: String, ExpressibleByArgument, CaseIterable {
    case gdb, perf

    /// What stands between the tool's name and the scorer's.
    var options: [String] {
        switch self {
        case .gdb: ["--args"]
        case .perf: ["record", "-g", "-o", "perf.data", "--"]
        }
    }

    /// What the person can do once it has ended.
    var epilogue: String? {
        switch self {
        case .gdb: nil
        case .perf: "look at what was recorded with 'perf report -i perf.data'"
        }
    }

    /// The tool's own program.
    ///
    /// Errors: `noTool` where it is not on PATH.
    func find() throws(Problem) -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/\(rawValue)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw Problem(
            .notFound,
            code: "noTool",
            what: "cannot find '\(rawValue)' on PATH",
            remedy: "install it, or leave --under out"
        )
    }
}
