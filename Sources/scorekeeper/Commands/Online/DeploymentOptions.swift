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
    var file: String

    @Option(name: .shortAndLong, help: "The deployment; its document's name where left out.")
    var name: String?

    @Option(
        name: [.customShort("e"), .long],
        help: "The endpoint; the one that the document names where left out."
    )
    var endpointName: String?

    @Option(
        name: .customLong("set"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Fields in place of the document's.", valueName: "a.b=c")
    )
    var overrides: [String] = []

    @Flag(help: "Have it answer every request from now on.")
    var allTraffic = false

    @Flag(help: "Leave once the server has taken it up.")
    var noWait = false

    func request(_ mode: RequestMode) throws(Problem) -> OnlineDeploymentRequest {
        OnlineDeploymentRequest(
            mode: mode,
            file: absolutePath(file),
            name: try name.map(Naming.deployment),
            endpoint: try endpointName.map(Naming.endpoint),
            overrides: overrides,
            takesAllTraffic: allTraffic,
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
        let deployment = try await client.onlineDeployment(answer.key)
        try Output.print(deployment, format)
        if format == .table { Output.print(answer.url) }
    }
}
