// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Vocabulary

/// Whether something that cannot be undone is really meant, and whether to wait for it.
struct ConsentOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Leave once the server has begun.")
    var noWait = false

    /// Asks a person at a terminal; elsewhere there is nobody to ask.
    ///
    /// Errors: `notConfirmed`.
    func ask(_ question: String) throws(Problem) {
        if yes { return }
        let isAnswered =
            isatty(0) == 1
            && {
                Output.tell("\(question) [y/N]")
                return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
            }()
        guard !isAnswered else { return }
        throw Problem(
            .conflict,
            code: "notConfirmed",
            what: "nothing was deleted: nobody said yes",
            remedy: "say --yes"
        )
    }

    /// Waits until it is gone, unless told not to, and says so.
    func wait(for name: String, isGone: () async throws -> Bool) async throws {
        while !noWait, try await !isGone() { try await Task.sleep(for: .milliseconds(100)) }
        Output.print(noWait ? "\(name) is being removed" : "\(name) is removed")
    }
}
