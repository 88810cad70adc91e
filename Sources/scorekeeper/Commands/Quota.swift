// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client

/// `scorekeeper quota`.
struct Quota: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the machine's cores: used, reserved, free, and what a lost node costs.",
        discussion: """
            A deployment of n instances of a type with c cores reserves ceil(1.2 n) x c of them, a \
            type that is exempt n x c. Deployments without an instance type reserve nothing and share \
            what is there. 'scorekeeper serve --capacity cores=N' declares how many cores there are \
            to reserve. For a minute after a rollout to a smaller type, what going back would take \
            is held for a rollback, and shown.

            EXAMPLE
              scorekeeper quota
              scorekeeper quota --output json | jq '.nodes[].freeMillicores'
            """
    )

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let quota = try await server.client.quota()
        switch format.output {
        case .json: try Output.print(json: quota)
        case .table: Output.print(QuotaReport(quota, zone: .current).text)
        }
    }
}
