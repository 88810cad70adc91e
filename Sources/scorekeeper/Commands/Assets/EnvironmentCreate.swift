// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper environment create`.
struct EnvironmentCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Registers an environment under a name and a version.",
        discussion: """
            Without a version it gets the next number, unless the newest asks for the same.

            EXAMPLE
              scorekeeper environment create -n ours --conda-file conda.yaml
              scorekeeper environment create -f environment.yml
            """
    )

    @OptionGroup var what: AssetOptions

    @Option(name: .shortAndLong, help: "The conda file that says what is installed.")
    var condaFile: String?

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard what.file != nil || condaFile != nil else {
            throw ValidationError("Name a document with -f, or a conda file with --conda-file.")
        }
    }

    func run() async throws {
        var request = what.request(.environment)
        request.path = condaFile.map(absolutePath)
        let environment = try await server.client.registerEnvironment(request)
        for notice in environment.notices { Output.tell("notice: \(notice.printable)") }
        try Output.print(environment, as: AssetReport.lines(environment), format.output)
    }
}
