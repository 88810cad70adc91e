// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Glibc
import Vocabulary

/// `scorekeeper invoke`.
struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends a request to an endpoint and prints the answer.",
        discussion: """
            The request goes over HTTP to the endpoint's scoring URI, as any client's does. The \
            body of the answer is printed as it came; a status other than 2xx is told on standard \
            error and makes the exit status: 2 for 4xx, 4 for 404, 5 for 429, 1 for 5xx.

            EXAMPLE
              scorekeeper invoke iris --request-file request.json
              echo '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}' \\
                | scorekeeper invoke iris --request-file -
            """
    )

    @Argument(help: "The endpoint.")
    var name: String

    @Option(help: ArgumentHelp("The body; - reads standard input.", valueName: "file"))
    var requestFile: String

    @Option(help: "What the body is.")
    var contentType = "application/json"

    @Option(help: "One deployment of the endpoint, past its split of traffic.")
    var deployment: String?

    @OptionGroup var server: StateOptions

    func run() async throws {
        let endpoint = try await server.client.endpoint(Naming.endpoint(name))
        let call = try ScoringCall(
            url: endpoint.url,
            body: try RequestFile.read(requestFile),
            contentType: contentType,
            deployment: try deployment.map(Naming.deployment)
        )
        let answer = try await call.send()
        Output.write(answer.body)
        if isatty(1) == 1, answer.body.last != UInt8(ascii: "\n") { Output.print("") }
        guard (200..<300).contains(answer.status) else {
            let request = answer.header("x-request-id").map { ", request \($0.printable)" } ?? ""
            Output.tell("scorekeeper: '\(name)' answered \(answer.status)\(request)")
            throw ExitCode(CommandStatus(answer: answer.status).rawValue)
        }
    }
}
