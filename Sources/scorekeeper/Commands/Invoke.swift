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
            error and makes the exit status: 1 for 424, the model's own failure, and for 5xx, 4 for \
            404, 5 for 409, 429 and 507, 2 for any other 4xx.

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
        let isGood = (200..<300).contains(answer.status)
        // What is told next must not stand in the answer's last line.
        let isFollowed = !isGood && !answer.body.isEmpty || isatty(1) == 1
        if isFollowed, answer.body.last != UInt8(ascii: "\n") { Output.print("") }
        guard isGood else {
            let request = answer.header("x-request-id").map { ", request \($0.printable)" } ?? ""
            Output.tell("scorekeeper: '\(name)' answered \(answer.status)\(request)")
            throw ExitCode(CommandStatus(answer: answer.status).rawValue)
        }
    }
}
