// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper delete`.
struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drains an endpoint, removes it, and waits until it is gone.",
        discussion: """
            Requests that were taken are answered first. What was dropped into the models folder is \
            removed by removing it there.

            EXAMPLE
              scorekeeper delete iris
            """
    )

    @Argument(help: "The endpoint.")
    var name: String

    @Flag(help: "Leave once the server has begun.")
    var noWait = false

    @OptionGroup var server: StateOptions

    func run() async throws {
        let name = try Naming.endpoint(name)
        try await server.client.delete(name)
        let watch = RemovalWatch(name)
        while !noWait {
            if try watch.isOver(at: try await server.client.present(name)) { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        Output.print(noWait ? "\(name) is being removed" : "\(name) is removed")
    }
}
