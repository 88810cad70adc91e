// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation

/// `scorekeeper status`.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is served, what runs, and what is amiss.",
        discussion: """
            With a name: that endpoint's instances and their processes too; with --verbose, what \
            its scorers can and cannot do at the isolation that they got.

            EXAMPLE
              scorekeeper status iris --verbose
              scorekeeper status iris --output json | jq '.deployments[].instances[].pid'
              scorekeeper status --output json \\
                | jq '.endpoints[].deployments[].instances[].pid'
            """
    )

    @Argument(help: "The endpoint; nothing for the whole server.")
    var name: String?

    @Flag(help: "Also what the endpoint's scorers can and cannot do.")
    var verbose = false

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard name != nil || !verbose else {
            throw ValidationError("--verbose tells of one endpoint: name it.")
        }
    }

    func run() async throws {
        if let name {
            let endpoint = try await server.client.endpoint(Naming.endpoint(name))
            switch format.output {
            case .json: try Output.print(json: endpoint)
            case .table:
                Output.print(
                    StatusReport.detail(endpoint, now: Date(), isVerbose: verbose)
                )
            }
        } else {
            let status = try await server.client.status()
            switch format.output {
            case .json: try Output.print(json: status)
            case .table: Output.print(StatusReport(status, now: Date()).overview)
            }
        }
    }
}
