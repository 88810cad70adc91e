// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Vocabulary

/// `scorekeeper model show`.
struct ModelShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one version of a registered model, and which deployments need it.",
        discussion: """
            EXAMPLE
              scorekeeper model show -n iris
              scorekeeper model show -n iris -v 2
            """
    )

    @OptionGroup var which: AssetChoice
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let model = try which.find(try await server.client.models())
        try Output.print(model, as: AssetReport.lines(model), format.output)
    }
}
