// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Glibc
import Supervisor
import Vocabulary

/// `scorekeeper escape-test`.
struct EscapeTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escape-test",
        abstract: "Deploys a scorer that tries to get out, and tells what became of each attempt.",
        discussion: """
            A private server is started for each isolation level that this machine offers, with \
            neighbours: one that must go on answering, one with a secret. What a level does not \
            promise is shown and does not fail; what gets out although the level forbids it, or \
            disturbs a neighbour, does. It takes about two minutes and uses a few hundred MiB.

            EXAMPLE
              scorekeeper escape-test
              scorekeeper escape-test --level confined --output json | jq .isGood
            """
    )

    @Option(help: "One level: process, confined, sandbox or limited; all of them if not said.")
    var level: IsolationLevel?

    @Option(help: ArgumentHelp("One attempt, by its word in the JSON.", valueName: "word"))
    var only: [String] = []

    @OptionGroup var format: OutputOptions

    func validate() throws {
        for word in only where !EscapeAttempt.all.contains(where: { $0.word == word }) {
            throw ValidationError("No attempt is called '\(word)'.")
        }
    }

    func run() async throws {
        // Hundreds of lines about scorers that are ended on purpose, unless they are asked for.
        setenv("SCOREKEEPER_LOG", "critical", 0)
        let attempts = EscapeAttempt.all.filter { only.isEmpty || only.contains($0.word) }
        let program = try Server.supportFile("escape-scorer")
        let surroundings = try EscapeSurroundings(program: program)
        defer { surroundings.remove() }
        var courses: [EscapeCourse] = []
        for level in level.map({ [$0] }) ?? IsolationLevel.allCases {
            Output.tell("'\(level.rawValue)': \(Counted(attempts.count, "attempt"))")
            let trial = EscapeTrial(
                level: level,
                attempts: attempts,
                surroundings: surroundings,
                program: program
            )
            courses.append(try await trial.run())
        }
        let report = EscapeReport(courses: courses)
        switch format.output {
        case .json: try Output.print(json: report)
        case .table: Output.print(report.lines.joined(separator: "\n"))
        }
        guard report.isGood else { throw ExitCode(CommandStatus.failed.rawValue) }
    }
}
