// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper model list`.
struct ModelList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists every version of every registered model, archived ones too.",
        discussion: """
            EXAMPLE
              scorekeeper model list -n iris
            """
    )

    @Option(name: .shortAndLong, help: "Only this name.")
    var name: String?

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let models = try await server.client.models().filter { name == nil || $0.name == name }
        try Output.print(models, as: AssetReport.lines(models), format.output)
    }
}
