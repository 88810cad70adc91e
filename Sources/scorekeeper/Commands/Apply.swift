// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper apply`.
struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a server as documents say, and says what changed.",
        discussion: """
            Deployments are waited for, and traffic is given to them once they serve. Applying the \
            same again changes nothing; what is not in the documents is left alone. One that was \
            interrupted is taken up by applying again.

            EXAMPLE
              scorekeeper apply -f Samples/blue-green
            """
    )

    @OptionGroup var what: PlanOptions

    @Flag(help: "Do not wait: traffic is given at once, and requests wait for what is to serve.")
    var noWait = false

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let client = server.client
        let first = try await client.plan(what.request(isApplied: true, hurriesTraffic: noWait))
        guard !noWait, !first.isRefused else {
            return try what.tell(first, isApplied: true, format.output)
        }
        for step in first.steps where step.kind == "deployment" {
            guard let key = DeploymentKey(step.name), let revision = step.revision else { continue }
            let answer = DeployAnswer(key: key, revision: revision, url: "")
            _ = try await client.waitUntilServing(answer)
        }
        guard first.isIncomplete else {
            return try what.tell(first, isApplied: true, format.output)
        }
        // What was made is unchanged now; the traffic that waited for it is given.
        let second = try await client.plan(what.request(isApplied: true))
        try what.tell(first.completed(by: second), isApplied: true, format.output)
    }
}
