// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Vocabulary

/// `scorekeeper online-deployment delete`.
struct OnlineDeploymentDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Drains a deployment, removes it, and waits until it is gone.",
        discussion: """
            One that answers requests is not deleted: give its part to another first.

            EXAMPLE
              scorekeeper online-deployment delete -e iris -n blue --yes
            """
    )

    @OptionGroup var which: DeploymentAddress
    @OptionGroup var consent: ConsentOptions
    @OptionGroup var server: StateOptions

    func run() async throws {
        let key = try which.key()
        _ = try await server.client.onlineDeployment(key)
        try consent.ask("delete '\(key)'?")
        try await server.client.delete(key)
        try await consent.wait(for: "\(key)") {
            do throws(Problem) {
                _ = try await server.client.onlineDeployment(key)
                return false
            } catch {
                guard error.kind == .notFound else { throw error }
                return true
            }
        }
    }
}
