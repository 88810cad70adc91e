// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Vocabulary

/// `scorekeeper online-endpoint delete`.
struct OnlineEndpointDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract:
            "Drains an endpoint and every deployment behind it, and waits until they are gone.",
        discussion: """
            Requests that were taken are answered first.

            EXAMPLE
              scorekeeper online-endpoint delete -n iris --yes
            """
    )

    @Option(name: .shortAndLong, help: "The endpoint.")
    var name: String

    @OptionGroup var consent: ConsentOptions
    @OptionGroup var server: StateOptions

    func run() async throws {
        let name = try Naming.endpoint(name)
        let endpoint = try await server.client.onlineEndpoint(name)
        let behind = Counted(endpoint.deployments.count, "deployment")
        try consent.ask("delete '\(name)' and \(behind) behind it?")
        try await server.client.delete(name)
        try await consent.wait(for: "\(name)") {
            do throws(Problem) {
                _ = try await server.client.endpoint(name)
                return false
            } catch {
                guard error.kind == .notFound else { throw error }
                return true
            }
        }
    }
}
