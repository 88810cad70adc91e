// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import EnvironmentBuilder
import Foundation
import Glibc
import Vocabulary

/// The executable that takes this server over: a newer version, most often.
///
/// This process becomes it, with the same arguments, variables and pid, so that whoever started and
/// watches the server notices nothing. Gateway and nodes are found where they were, as after a death
/// of the supervisor.
struct Successor: Sendable, Hashable {
    /// Its path.
    let path: String
    /// The version that it says it is.
    let version: String

    /// Tries whether `path` runs at all and has what it needs beside it.
    ///
    /// Errors: `successor` where it does not start or says no version; `supportFolder`.
    static func tried(_ path: String) async throws(Problem) -> Successor {
        let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let outcome = try await HelperProcess(
            executable: path,
            arguments: ["--version"],
            variables: variables,
            folder: "/"
        ).run(until: .now + .seconds(20))
        let version = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        guard outcome.isSuccess, !version.isEmpty, version.utf8.count < 100 else {
            throw Problem(
                .invalid,
                code: "successor",
                what: "cannot hand over to '\(path)': '\(path) --version' did not say a version: "
                    + outcome.output.printable,
                remedy: "install Scorekeeper again, or name its executable with --executable"
            )
        }
        _ = try SupportFolder(executable: path)
        return Successor(path: path, version: version.printable)
    }

    /// Becomes it; returns only where the kernel refuses.
    func begin() -> Problem {
        let words = [path] + CommandLine.arguments.dropFirst()
        let copies = words.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        _ = linux_become_program(path, copies + [nil])
        return Problem(
            .failed,
            code: "successor",
            what: "cannot hand over to '\(path)': \(String(cString: strerror(errno)))",
            remedy: "start the server again: gateway and nodes wait ten minutes for it"
        )
    }
}
