// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper plan`.
struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells what documents would change of a server, before anything is changed.",
        discussion: """
            A folder's documents, of that folder alone, are read in the order environments, models, \
            endpoints, deployments, traffic. What the server would refuse is refused here, with the same words.

            EXAMPLE
              scorekeeper plan -f Samples/blue-green
              scorekeeper plan -f deployment.yml --output json
            """
    )

    @OptionGroup var what: PlanOptions
    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let answer = try await server.client.plan(what.request(isApplied: false))
        try what.tell(answer, isApplied: false, format.output)
    }
}
