// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Vocabulary

/// Where every process of ours begins.
@main
enum EntryPoint {
    /// Reads the arguments and becomes what they name.
    ///
    /// Gateway and node run on the process's first thread: scorers die with the thread that started
    /// them, so it must be the one that never ends. Everything that waits for others does so in
    /// tasks.
    static func main() {
        do {
            var command = try parse()
            guard command is any AsyncParsableCommand else { return try command.run() }
            Task {
                do {
                    try await wait()
                    exit(CommandStatus.done.rawValue)
                } catch {
                    leave(error)
                }
            }
            dispatchMain()
        } catch {
            leave(error)
        }
    }

    /// Reads the arguments again, because a command may not move into a task, and runs it.
    private static func wait() async throws {
        guard var command = try parse() as? any AsyncParsableCommand else { return }
        try await command.run()
    }

    private static func parse() throws -> any ParsableCommand {
        try Scorekeeper.parseAsRoot()
    }

    /// Tells what went wrong and leaves with the status that it calls for.
    private static func leave(_ error: any Error) -> Never {
        guard let problem = error as? Problem else {
            let status = Scorekeeper.exitCode(for: error)
            guard status == .validationFailure else { Scorekeeper.exit(withError: error) }
            let words = Array(CommandLine.arguments.dropFirst())
            let complaint = AzureAdvice.complaint(about: words)
            Output.tell(complaint ?? Scorekeeper.fullMessage(for: error))
            for line in AzureAdvice.lines(for: words) { Output.tell("  \(line)") }
            exit(status.rawValue)
        }
        Output.tell("scorekeeper: \("\(problem)".printable)")
        exit(CommandStatus(problem).rawValue)
    }
}
