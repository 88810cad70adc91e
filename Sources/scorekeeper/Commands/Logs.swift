// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Foundation
import Vocabulary

/// `scorekeeper logs`.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what an endpoint's scorers wrote, and when.",
        discussion: """
            Read from the state folder, so that it works when no server runs. While its environment \
            is being built, or could not be, the build's log is printed too. What the instances of \
            earlier revisions wrote is kept, and printed with --all.

            EXAMPLE
              scorekeeper logs iris --follow
              scorekeeper logs iris/blue/2 --lines 20
            """
    )

    @Argument(help: "ENDPOINT, ENDPOINT/DEPLOYMENT or ENDPOINT/DEPLOYMENT/NUMBER.")
    var name: String

    @Flag(help: "Go on printing what is written, until interrupted.")
    var follow = false

    @Flag(help: "Also what instances wrote that are gone.")
    var all = false

    @Option(help: "How many of the last lines of each log to print first.")
    var lines = 100

    @OptionGroup var server: StateOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines begins at 0.") }
    }

    func run() async throws {
        guard let choice = LogChoice(name) else { throw refusal }
        var reader = LogReader(lines: lines, zone: .current) { Output.print($0) }
        let found = try await files(choice)
        reader.add(found.files)
        if found.gone > 0 {
            let gone = Counted(found.gone, "instance")
            Output.tell("notice: \(gone) of before wrote too: --all prints that as well")
        }
        if !reader.hasPrinted, !follow { Output.tell("notice: '\(name)' has written nothing yet") }
        var turn = 0
        while follow {
            try await Task.sleep(for: .milliseconds(200))
            turn += 1
            if turn.isMultiple(of: 10) { reader.add((try? await files(choice))?.files ?? []) }
            reader.printNews()
        }
    }

    private func files(_ choice: LogChoice) async throws(Problem) -> LogChoice.Found {
        do throws(Problem) {
            let endpoint = try await server.client.endpoint(choice.endpoint)
            return try choice.files(under: server.folder, of: endpoint, isAll: all)
        } catch {
            // Without a server, and of an endpoint that is gone, the folder alone tells.
            let found = try choice.files(under: server.folder, of: nil, isAll: all)
            guard found.files.isEmpty else { return found }
            throw error
        }
    }

    private var refusal: Problem {
        Problem(
            .invalid,
            code: "logName",
            what: "cannot read '\(name.printable)' as the name of an endpoint, a deployment or "
                + "an instance",
            remedy: "write ENDPOINT, ENDPOINT/DEPLOYMENT or ENDPOINT/DEPLOYMENT/NUMBER, as "
                + "'scorekeeper status' shows them"
        )
    }
}
