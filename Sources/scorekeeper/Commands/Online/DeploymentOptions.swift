// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// Which deployment is meant, and what is said of it.
struct DeploymentOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A managedOnlineDeployment document.", valueName: "document")
    )
    var file: String?

    @Option(name: .shortAndLong, help: "The deployment; its document's name where left out.")
    var name: String?

    @Option(
        name: [.customShort("e"), .long, .customLong("endpoint")],
        help: "The endpoint; the one that the document names where left out."
    )
    var endpointName: String?

    @Option(
        name: .customLong("set"),
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Fields in place of the document's, or of what is declared.",
            valueName: "a.b=c"
        )
    )
    var overrides: [String] = []

    @Flag(help: "Have it answer every request once it serves.")
    var allTraffic = false

    @Flag(help: "Leave once the server has taken it up.")
    var noWait = false

    func validate() throws {
        guard !allTraffic || !noWait else {
            throw ValidationError(
                "--all-traffic is given once the deployment serves: leave out --no-wait."
            )
        }
    }

    func request(_ mode: RequestMode) throws(Problem) -> OnlineDeploymentRequest {
        OnlineDeploymentRequest(
            mode: mode,
            file: file.map(absolutePath),
            name: try name.map(Naming.deployment),
            endpoint: try endpointName.map(Naming.endpoint),
            overrides: overrides,
            libraryPath: OwnLibraries.path
        )
    }

    /// Asks for it, waits unless told not to, and prints what there is then.
    func carryOut(
        _ mode: RequestMode,
        _ client: ControlClient,
        _ format: OutputOptions.Format
    ) async throws {
        let answer = try await client.put(request(mode))
        for notice in answer.notices { Output.tell("notice: \(notice.printable)") }
        if !noWait { _ = try await client.waitUntilServing(answer) }
        try await share(answer.key, client)
        let deployment = try await client.onlineDeployment(answer.key)
        try Output.print(deployment, format)
        if format == .table { Output.print(answer.url) }
    }

    /// Gives it all traffic where that was asked for: one that never serves must get none.
    private func share(
        _ key: DeploymentKey,
        _ client: ControlClient
    ) async throws(Problem) {
        let endpoint = try await client.onlineEndpoint(key.endpoint)
        let name = key.deployment.text
        if allTraffic {
            var request = EndpointRequest(mode: .update, name: key.endpoint)
            request.traffic = [name: 100]
            request.mirrorTraffic = endpoint.mirrorTraffic.filter { $0.key != name }
            _ = try await client.put(request)
        } else if endpoint.traffic.isEmpty {
            Output.tell(
                "notice: '\(key.endpoint)' answers nobody yet: give it requests with 'scorekeeper "
                    + "online-endpoint update -n \(key.endpoint) --traffic \"\(name)=100\"'"
            )
        }
    }
}
