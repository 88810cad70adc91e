// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper logs`.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what an endpoint's scorers wrote.",
        discussion: """
            Read from the state folder, so that it works when no server runs. While its environment \
            is being built, or could not be, the build's log is printed too.

            EXAMPLE
              scorekeeper logs iris --follow
            """
    )

    @Argument(help: "The endpoint.")
    var name: String

    @Flag(help: "Go on printing what is written, until interrupted.")
    var follow = false

    @Option(help: "How many of the last lines of each log to print first.")
    var lines = 100

    @OptionGroup var server: StateOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines begins at 0.") }
    }

    func run() async throws {
        let name = try Naming.endpoint(name)
        var reader = LogReader(lines: lines) { Output.print($0) }
        reader.add(try await files(of: name))
        var turn = 0
        while follow {
            try await Task.sleep(for: .milliseconds(200))
            turn += 1
            if turn.isMultiple(of: 10) { reader.add((try? await files(of: name)) ?? []) }
            reader.printNews()
        }
    }

    private func files(of name: EndpointName) async throws(Problem) -> [LogFile] {
        let written = LogFile.all(of: name, state: server.folder)
        do {
            let endpoint = try await server.client.endpoint(name)
            return LogFile.builds(of: endpoint) + written
        } catch {
            guard written.isEmpty else { return written }
            throw error
        }
    }
}
