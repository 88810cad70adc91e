// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Supervisor
import Vocabulary

/// `scorekeeper serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves a folder of models until it is told to stop.",
        discussion: """
            A model directory that appears in the folder becomes an endpoint; replacing it rolls \
            the new one in; removing it removes the endpoint. What was deployed comes back after a \
            restart. INT, TERM and HUP drain everything.

            EXAMPLE
              scorekeeper serve --models ./models --listen 127.0.0.1:8080
              scorekeeper serve --capacity cores=64 --instance-types types.yml

            A file of instance types: small: { cores: 0.5, memory: 2GiB }, a line each, with gpus and \
            exempt_from_reserve where they are wanted.
            """
    )

    @Option(help: ArgumentHelp("The folder that models are dropped into.", valueName: "folder"))
    var models: String?

    @Option(help: "Where requests are taken; port 0 takes a free one.")
    var listen = "127.0.0.1:8080"

    @Option(
        help: ArgumentHelp(
            "A port of its own for an endpoint, with its routes at the root.",
            valueName: "name=address"
        )
    )
    var portFor: [String] = []

    @Flag(help: "Allow listening beyond this machine, without authentication.")
    var insecure = false

    @Option(help: "How many nodes share the machine.")
    var nodes = 1

    @Option(
        help: ArgumentHelp(
            "What nodes give out instead of what is there; more than there is, is shared.",
            valueName: "cores=64[,memory=256GiB]"
        )
    )
    var capacity: String?

    @Option(help: ArgumentHelp("A YAML file with instance types of your own.", valueName: "file"))
    var instanceTypes: String?

    @Option(help: "A loopback port for /metrics, besides the control socket.")
    var metricsPort: UInt16?

    @OptionGroup var server: StateOptions

    func validate() throws {
        guard (1...64).contains(nodes) else { throw ValidationError("--nodes is 1 to 64.") }
    }

    func run() async throws {
        let options = ServeOptions(
            models: models.map(absolutePath),
            state: server.folder,
            listen: listen,
            ports: try portFor.map(assignment),
            insecure: insecure,
            nodes: nodes,
            capacity: capacity,
            instanceTypes: instanceTypes.map(absolutePath),
            metricsPort: metricsPort
        )
        let client = server.client
        try await Server.serve(options).run {
            guard let status = try? await client.status() else { return }
            let places = status.server.listeners.map(\.address).joined(separator: ", ")
            let folder = options.models.map { ", models in \($0)" } ?? ""
            // After a handover the gateway may still be on its way.
            let doing = places.isEmpty ? "has taken over" : "listens on \(places)"
            Output.tell("scorekeeper \(doing), state in \(options.state)\(folder)")
        }
    }

    private func assignment(_ text: String) throws(Problem) -> ServeOptions.PortAssignment {
        guard let sign = text.firstIndex(of: "=") else {
            throw Problem(
                .invalid,
                code: "portFor",
                what: "cannot read '\(text.printable)' as a port for an endpoint",
                remedy: "write NAME=127.0.0.1:5001"
            )
        }
        return ServeOptions.PortAssignment(
            endpoint: try Naming.endpoint(String(text[..<sign])),
            address: String(text[text.index(after: sign)...])
        )
    }
}
