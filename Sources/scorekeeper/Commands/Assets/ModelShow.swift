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
              scorekeeper model show -n iris -v 2
            """
    )

    @OptionGroup var which: AssetAddress
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let all = try await server.client.models()
        guard let model = all.first(where: { $0.name == which.name && $0.version == which.version })
        else { throw AssetReport.missing(which.id(.model)) }
        try Output.print(model, as: AssetReport.lines(model), format.output)
    }
}
