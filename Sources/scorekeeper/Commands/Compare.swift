// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Vocabulary

/// `scorekeeper compare`.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares what two deployments answer to the same requests.",
        discussion: """
            One of the two answers callers, the other gets copies of their requests. Bodies that are \
            JSON are compared value by value; numbers that differ by no more than \
            'scorekeeper.rollout.tolerance' of the deployment that gets the copies count as equal. \
            What was found is counted in the gateway, for the newest revisions, until it ends.

            EXAMPLE
              scorekeeper online-endpoint update -n iris --mirror-traffic "green=10"
              scorekeeper compare iris blue green
              scorekeeper compare iris blue green --output json | jq .different
            """
    )

    @Argument(help: "The endpoint.")
    var endpoint: String

    @Argument(help: "One of its deployments.")
    var deployment: String

    @Argument(help: "The other.")
    var other: String

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let key = DeploymentKey(
            endpoint: try Naming.endpoint(endpoint),
            deployment: try Naming.deployment(deployment)
        )
        let found = try await server.client.compare(key, with: try Naming.deployment(other))
        switch format.output {
        case .json: try Output.print(json: found)
        case .table: Output.print(ComparisonReport(found).text)
        }
    }
}
