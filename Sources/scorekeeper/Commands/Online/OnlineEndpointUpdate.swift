// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper online-endpoint update`.
struct OnlineEndpointUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Changes an endpoint; traffic moves at once, and no request is lost by it.",
        discussion: """
            Traffic makes 100 percent in sum, or 0. Copies go to one deployment that answers nobody, \
            at most half of the requests; their answers are counted and dropped. Without -f, --set \
            changes what is declared in what it names and in nothing else.

            EXAMPLE
              scorekeeper online-endpoint update -n iris --traffic "blue=90 green=10"
              scorekeeper online-endpoint update -n iris --mirror-traffic "green=10"
              scorekeeper online-endpoint update -n iris --set tags.team=prices
            """
    )

    @OptionGroup var what: EndpointOptions

    @Option(help: ArgumentHelp("Who answers how many percent.", valueName: "shares"))
    var traffic: String?

    @Option(help: ArgumentHelp("Who is sent copies of how many percent.", valueName: "share"))
    var mirrorTraffic: String?

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws { try what.require() }

    func run() async throws {
        var request = try what.request(.update)
        request.traffic = try traffic.map { text throws(Problem) in
            try TrafficText.percents(text, of: "--traffic")
        }
        request.mirrorTraffic = try mirrorTraffic.map { text throws(Problem) in
            try TrafficText.percents(text, of: "--mirror-traffic")
        }
        try Output.print(try await server.client.put(request), format.output)
    }
}
