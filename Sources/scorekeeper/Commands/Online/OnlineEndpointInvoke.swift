// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `scorekeeper online-endpoint invoke`.
struct OnlineEndpointInvoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Sends a request to an endpoint and prints the answer, as 'scorekeeper invoke'.",
        discussion: """
            EXAMPLE
              scorekeeper online-endpoint invoke -n iris --request-file request.json
              scorekeeper online-endpoint invoke -n iris -d green --request-file request.json
            """
    )

    @Option(name: .shortAndLong, help: "The endpoint.")
    var name: String

    @Option(
        name: [.short, .long, .customLong("deployment")],
        help: "One deployment, past the split of traffic."
    )
    var deploymentName: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The body; - reads standard input.", valueName: "file")
    )
    var requestFile: String

    @OptionGroup var server: StateOptions

    func run() async throws {
        var invoke = Invoke()
        invoke.name = name
        invoke.requestFile = requestFile
        invoke.contentType = "application/json"
        invoke.deployment = deploymentName
        invoke.server = server
        try await invoke.run()
    }
}
