// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Vocabulary

/// `scorekeeper environment show`.
struct EnvironmentShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what one version of an environment has installed.",
        discussion: """
            EXAMPLE
              scorekeeper environment show -n sklearn
              scorekeeper environment show -n sklearn -v 1
            """
    )

    @OptionGroup var which: AssetChoice
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let environment = try which.find(try await server.client.environments())
        try Output.print(environment, as: AssetReport.lines(environment), format.output)
    }
}
