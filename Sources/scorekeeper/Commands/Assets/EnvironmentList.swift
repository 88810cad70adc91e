// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper environment list`.
struct EnvironmentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists every version of every environment, the curated ones too.",
        discussion: """
            EXAMPLE
              scorekeeper environment list
            """
    )

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let environments = try await server.client.environments()
        try Output.print(environments, as: AssetReport.lines(environments), format.output)
    }
}
